//! The copy of text that is not saved yet, in the storage of the browser: it survives a reload and the end of the
//! browser.
//!
//! Values may contain passwords, and the storage of a browser is a file. A copy is encrypted with a key of its
//! draft, which the console gives to a logged-in page only and which is stored nowhere in the browser. It is
//! removed when the text is saved, and at the logout. Start at [`Mirror::write`].

use crate::base_path::BasePath;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use wire::{
    DraftId, Time,
    install::{Edit, EditAuthor, EditRequest},
};

/// The bytes of a nonce.
const NONCE_BYTES: usize = 24;

/// Text that is not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mirrored {
    /// The text.
    pub(crate) text: String,
    /// The edits of the form that are not in the text yet.
    pub(crate) pending: Vec<Edit>,
    /// The revision of the draft that the text is based on.
    pub(crate) revision: u64,
    /// The editor, and the number of its last request.
    pub(crate) author: EditAuthor,
    /// When it was typed.
    pub(crate) at: Time,
}

impl Mirrored {
    /// Whether the draft has this text after a request.
    fn is_saved_by(&self, request: &EditRequest) -> bool {
        let is_made = |edit: &Edit| *edit == request.edit;
        self.text == request.text && self.pending.iter().all(is_made)
    }
}

/// The copies of the text of a draft.
#[derive(Clone)]
pub(crate) struct Mirror {
    cipher: XChaCha20Poly1305,
    draft: DraftId,
}

impl Mirror {
    /// The copies of a draft; none when the key is not one.
    pub(crate) fn new(key: &str, draft: DraftId) -> Option<Self> {
        let digits = |index| u8::from_str_radix(key.get(index..index + 2)?, 16).ok();
        let key: Option<Vec<u8>> = (0..key.len()).step_by(2).map(digits).collect();
        Some(Self {
            cipher: XChaCha20Poly1305::new_from_slice(&key?).ok()?,
            draft,
        })
    }

    /// Stores a copy; returns whether the browser accepts it.
    pub(crate) fn write(&self, copy: &Mirrored) -> bool {
        let Some(nonce) = new_nonce() else {
            return false;
        };
        let stored = self.encrypted(copy, nonce);
        let name = self.name(&copy.author.editor);
        let written = stored.zip(storage()).map(|(text, storage)| {
            // A full storage refuses a copy.
            storage.set_item(&name, &text).is_ok()
        });
        written.unwrap_or(false)
    }

    /// Removes the copy of an editor.
    pub(crate) fn remove(&self, editor: &str) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.name(editor));
        }
    }

    /// Removes the copy of an editor whose request succeeded, unless more was typed since.
    pub(crate) fn remove_saved(&self, request: &EditRequest) {
        let editor = &request.author.editor;
        let text =
            storage().and_then(|storage| storage.get_item(&self.name(editor)).ok().flatten());
        let copy = text.and_then(|text| self.decrypted(&text));
        if copy.is_none_or(|copy| copy.is_saved_by(request)) {
            self.remove(editor);
        }
    }

    /// The copies of all editors, the oldest first. Those that cannot be read are removed.
    pub(crate) fn read(&self) -> Vec<Mirrored> {
        let mut copies = Vec::new();
        for name in names(&self.name("")) {
            let text = storage().and_then(|storage| storage.get_item(&name).ok().flatten());
            match text.and_then(|text| self.decrypted(&text)) {
                Some(copy) => copies.push(copy),
                None => remove(&name),
            }
        }
        copies.sort_by_key(|copy: &Mirrored| copy.at);
        copies
    }

    fn name(&self, editor: &str) -> String {
        format!("{}{}:{editor}", prefix(), self.draft)
    }

    fn encrypted(&self, copy: &Mirrored, nonce: [u8; NONCE_BYTES]) -> Option<String> {
        let text = serde_json::to_string(copy).ok()?;
        let payload = Payload {
            msg: text.as_bytes(),
            aad: self.draft.as_str().as_bytes(),
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn decrypted(&self, stored: &str) -> Option<Mirrored> {
        let bytes = STANDARD.decode(stored).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let payload = Payload {
            msg: sealed,
            aad: self.draft.as_str().as_bytes(),
        };
        let text = self.cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
        serde_json::from_str(std::str::from_utf8(&text).ok()?).ok()
    }
}

/// Whether there is text that is not saved.
pub(crate) fn is_present() -> bool {
    !names(&prefix()).is_empty()
}

/// Removes all copies of this console.
pub(crate) fn remove_all() {
    for name in names(&prefix()) {
        remove(&name);
    }
}

/// How the names of the copies begin: several consoles may share a host.
fn prefix() -> String {
    format!("meshspan{}:unsaved:", BasePath::current().as_str())
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn names(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let count = storage.length().unwrap_or_default();
    let names = (0..count).filter_map(|index| storage.key(index).ok().flatten());
    names.filter(|name| name.starts_with(prefix)).collect()
}

fn remove(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

fn new_nonce() -> Option<[u8; NONCE_BYTES]> {
    let mut nonce = [0; NONCE_BYTES];
    let crypto = window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut nonce).ok()?;
    Some(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror(key: &str, draft: &str) -> Mirror {
        let draft = DraftId::new(draft).expect("an id");
        Mirror::new(&key.repeat(32), draft).expect("a key")
    }

    fn copy() -> Mirrored {
        Mirrored {
            text: "password: correct horse\n".to_owned(),
            pending: vec![Edit::Reset {
                path: vec!["a".to_owned()],
            }],
            revision: 4,
            author: EditAuthor {
                editor: "tab".to_owned(),
                sequence: 7,
            },
            at: Time(60),
        }
    }

    #[test]
    fn a_copy_is_read_with_the_key_of_its_draft_only() {
        let own = mirror("0a", "draft");
        let stored = own.encrypted(&copy(), [3; NONCE_BYTES]).expect("encrypted");
        assert!(!stored.contains("horse") && !stored.contains(&STANDARD.encode("correct horse")));
        assert_eq!(own.decrypted(&stored), Some(copy()));
        assert_eq!(mirror("0b", "draft").decrypted(&stored), None);
        assert_eq!(mirror("0a", "another").decrypted(&stored), None);
        assert_eq!(own.decrypted("not a copy"), None);
        assert_eq!(own.decrypted(""), None);
    }

    #[test]
    fn a_copy_with_more_than_a_request_had_is_not_saved_by_it() {
        let mut copy = copy();
        let edit = copy.pending.first().cloned().expect("an edit");
        let mut request = EditRequest {
            draft: DraftId::new("draft").expect("an id"),
            text: copy.text.clone(),
            edit,
            revision: copy.revision,
            author: copy.author.clone(),
        };
        assert!(copy.is_saved_by(&request));
        request.edit = Edit::Text;
        assert!(
            !copy.is_saved_by(&request),
            "an edit of the form is not made"
        );
        copy.pending.clear();
        assert!(copy.is_saved_by(&request));
        copy.text.push('x');
        assert!(!copy.is_saved_by(&request));
    }

    #[test]
    fn a_text_that_is_no_key_is_refused() {
        for key in ["", "0a", "zz", "é", &"0a".repeat(33)] {
            let draft = DraftId::new("draft").expect("an id");
            assert!(Mirror::new(key, draft).is_none(), "{key}");
        }
    }
}
