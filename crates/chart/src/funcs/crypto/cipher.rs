//! AES-256 in CBC, as Sprig's `encryptAES` has it.
use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use gotmpl::{Fault, Functions, Kinds, Param, raw};

use super::chance::Chance;
use super::{B64, text};
use Param::Str;

const BLOCK: usize = 16;

/// The password as a key: cut off, or filled up with zeros.
fn key(password: &str) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password.bytes()) {
        *to = from;
    }
    key
}

pub(super) fn add(table: &mut Functions, chance: &Chance) {
    let chance = chance.clone();
    table.add_with(
        "encryptAES",
        Kinds::exactly(&[Str, Str]),
        move |machine, a| {
            machine.charge(text(a, 1).len().saturating_mul(2))?;
            let start = chance.array::<BLOCK>();
            let cipher = cbc::Encryptor::<Aes256>::new(&key(text(a, 0)).into(), &start.into());
            let packed = cipher.encrypt_padded_vec_mut::<Pkcs7>(&raw::to_bytes(text(a, 1)));
            Ok(B64.encode(&[start.as_slice(), &packed].concat()).into())
        },
    );
    table.add("decryptAES", Kinds::exactly(&[Str, Str]), |a| {
        let data = B64.decode(text(a, 1)).map_err(Fault::Message)?;
        let Some((start, packed)) = data.split_at_checked(BLOCK) else {
            // Go's decoder makes room by the text, three bytes for four letters.
            let size = text(a, 1).len() / 4 * 3;
            return Err(Fault::new(format!(
                "runtime error: slice bounds out of range [:16] with capacity {size}"
            )));
        };
        let start: [u8; BLOCK] = start.try_into().unwrap_or_default();
        let cipher = cbc::Decryptor::<Aes256>::new(&key(text(a, 0)).into(), &start.into());
        match cipher.decrypt_padded_vec_mut::<Pkcs7>(packed) {
            Ok(plain) => Ok(raw::from_bytes(&plain).into()),
            Err(_) if packed.len() % BLOCK != 0 => {
                Err(Fault::new("crypto/cipher: input not full blocks"))
            }
            Err(_) => Err(Fault::new("the text was not made with this password")),
        }
    });
}
