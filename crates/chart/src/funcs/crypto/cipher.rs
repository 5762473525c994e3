//! AES-256-CBC, as in Sprig's `encryptAES`.
use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use gotmpl::{FunctionError, Functions, Parameter, Signature, go_string};

use super::random::SeededRandom;
use super::{B64, text};
use Parameter::Str;

const BLOCK: usize = 16;

/// The password as a key, truncated or padded with zeros.
fn key(password: &str) -> [u8; 32] {
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(password.bytes()) {
        *to = from;
    }
    key
}

pub(super) fn add(table: &mut Functions, random: &SeededRandom) {
    let random = random.clone();
    table.add_with_evaluator(
        "encryptAES",
        Signature::exact(&[Str, Str]),
        move |evaluator, a| {
            evaluator.charge(text(a, 1).len().saturating_mul(2))?;
            let start = random.array::<BLOCK>();
            let cipher = cbc::Encryptor::<Aes256>::new(&key(text(a, 0)).into(), &start.into());
            let packed = cipher.encrypt_padded_vec_mut::<Pkcs7>(&go_string::to_bytes(text(a, 1)));
            Ok(B64.encode(&[start.as_slice(), &packed].concat()).into())
        },
    );
    table.add("decryptAES", Signature::exact(&[Str, Str]), |a| {
        let data = B64.decode(text(a, 1)).map_err(FunctionError::Message)?;
        let Some((start, packed)) = data.split_at_checked(BLOCK) else {
            // Go's decoder allocates three bytes for four characters.
            let size = text(a, 1).len() / 4 * 3;
            return Err(FunctionError::new(format!(
                "runtime error: slice bounds out of range [:16] with capacity {size}"
            )));
        };
        let start: [u8; BLOCK] = start.try_into().unwrap_or_default();
        let cipher = cbc::Decryptor::<Aes256>::new(&key(text(a, 0)).into(), &start.into());
        match cipher.decrypt_padded_vec_mut::<Pkcs7>(packed) {
            Ok(plain) => Ok(go_string::from_bytes(&plain).into()),
            Err(_) if packed.len() % BLOCK != 0 => {
                Err(FunctionError::new("crypto/cipher: input not full blocks"))
            }
            Err(_) => Err(FunctionError::new(
                "the text was not encrypted with this password",
            )),
        }
    });
}
