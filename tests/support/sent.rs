//! The shipped campaign rendered once for all tests, and the reader that returns are read with.

use std::sync::OnceLock;

use avsikt::answer::document::Document;
use avsikt::answer::needs::Needs;
use avsikt::answer::understand;
use avsikt::campaign::load;
use avsikt::finding::Code;
use avsikt::inbox;
use avsikt::manifest::{Manifest, Sent};
use avsikt::pdf::roots::Roots;
use avsikt::pdf::worker::Pool;
use avsikt::read::{self, Campaigner, Pictures};
use avsikt::token::CampaignKey;
use avsikt::workspace::Workspace;

use super::desk::{Desk, SHIPPED};

/// A campaign as it was sent out.
pub struct Outbox {
    pub desk: Desk,
    pub manifest: Manifest,
    pub key: CampaignKey,
    pub needs: Needs,
    pool: Pool,
}

/// The shipped campaign, where an answer needs no signature.
pub fn outbox() -> &'static Outbox {
    static OUTBOX: OnceLock<Outbox> = OnceLock::new();
    OUTBOX.get_or_init(|| Outbox::of(Desk::without_signatures()))
}

/// The shipped campaign as it is: an answer must be signed.
pub fn binding() -> &'static Outbox {
    static OUTBOX: OnceLock<Outbox> = OnceLock::new();
    OUTBOX.get_or_init(|| Outbox::of(Desk::shipped()))
}

impl Outbox {
    /// Renders the campaign of a workspace.
    pub fn of(desk: Desk) -> Self {
        desk.run(["render"]).ended(0);
        let manifest: Manifest = serde_json::from_slice(&desk.read("outbox/manifest.json")).expect("a manifest");
        let key = CampaignKey::parse(&desk.text(&format!("{SHIPPED}/campaign.key"))).expect("a key");
        let workspace = Workspace::open(desk.root()).expect("it is a folder");
        let campaign = load(&workspace, None).expect("it is there").campaign.expect("it is right");
        let needs = Needs::of(&campaign);
        Outbox { desk, manifest, key, needs, pool: Pool::new(env!("CARGO_BIN_EXE_avsikt"), 2) }
    }

    pub fn sent_to(&self, code: &str) -> &Sent {
        self.manifest.sent_to(code).expect("the recipient is in the manifest")
    }

    /// The declaration of a recipient as it was sent.
    pub fn pdf(&self, code: &str) -> Vec<u8> {
        self.desk.read(&self.sent_to(code).file)
    }

    /// What the program understands of a file called `name` that is one document.
    pub fn read_as(&self, name: &str, bytes: &[u8]) -> Document {
        let mut documents = self.documents(name, bytes);
        assert_eq!(documents.len(), 1, "{name} is one document");
        documents.remove(0)
    }

    /// What the program understands of each document in a file called `name`.
    pub fn documents(&self, name: &str, bytes: &[u8]) -> Vec<Document> {
        self.documents_by(&self.pool, name, bytes)
    }

    /// What the program understands of a file where the office trusts these certificates, in PEM.
    pub fn read_trusting(&self, trusted: &str, bytes: &[u8]) -> Document {
        let mut roots = Roots::default();
        roots.add(trusted).expect("certificates");
        let pool = Pool::new(env!("CARGO_BIN_EXE_avsikt"), 1).trusting(roots);
        self.documents_by(&pool, "svar.pdf", bytes).remove(0)
    }

    fn documents_by(&self, pool: &Pool, name: &str, bytes: &[u8]) -> Vec<Document> {
        let desk = Desk::empty();
        desk.write(&format!("inbox/{name}"), bytes);
        let workspace = Workspace::open(desk.root()).expect("it is a folder");
        let parcel = inbox::parcel(&workspace, &desk.path(&format!("inbox/{name}")));
        let sent_from = Workspace::open(self.desk.root()).expect("it is a folder");
        let against = Campaigner { manifest: &self.manifest, key: &self.key, workspace: &sent_from };
        let evidence = read::read(&parcel, &against, pool, Pictures::None).expect("the workers work");
        evidence.into_iter().map(|evidence| understand(evidence, &self.manifest, &self.needs).0).collect()
    }

    pub fn read(&self, bytes: &[u8]) -> Document {
        self.read_as("svar.pdf", bytes)
    }
}

/// The codes of a document's findings, sorted, each once.
pub fn codes(document: &Document) -> Vec<&'static str> {
    let mut codes: Vec<Code> = document.findings.iter().map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.name());
    codes.dedup();
    codes.into_iter().map(Code::name).collect()
}
