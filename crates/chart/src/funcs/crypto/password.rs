//! Functions for passwords: hashes, and passwords derived from a master password.
use gotmpl::{FunctionError, Functions, Parameter, Signature, Value};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::random::SeededRandom;
use super::text;
use crate::funcs::arg;
use Parameter::{Str, Uint};

/// Go's default bcrypt cost.
const COST: u32 = 10;

pub(super) fn add(table: &mut Functions, random: &SeededRandom) {
    let bcrypt_random = random.clone();
    table.add_with_evaluator("bcrypt", Signature::exact(&[Str]), move |evaluator, a| {
        evaluator.check_deadline()?;
        Ok(hash_password(text(a, 0), &bcrypt_random).into())
    });
    let htpasswd_random = random.clone();
    table.add_with_evaluator(
        "htpasswd",
        Signature::exact(&[Str, Str]),
        move |evaluator, a| {
            evaluator.check_deadline()?;
            let name = text(a, 0);
            if name.contains(':') {
                return Ok(format!("invalid username: {name}").into());
            }
            Ok(format!("{name}:{}", hash_password(text(a, 1), &htpasswd_random)).into())
        },
    );
    table.add_with_evaluator(
        "derivePassword",
        Signature::exact(&[Uint, Str, Str, Str, Str]),
        |evaluator, a| {
            evaluator.check_deadline()?;
            let counter = arg(a, 0)
                .as_integer()
                .and_then(|counter| u32::try_from(counter).ok());
            let key_type = text(a, 1);
            let Some(templates) = templates(key_type) else {
                return Ok(format!("cannot find password template {key_type}").into());
            };
            derive_password(
                counter.unwrap_or(0),
                templates,
                [text(a, 2), text(a, 3), text(a, 4)],
            )
        },
    );
}

fn hash_password(password: &str, random: &SeededRandom) -> String {
    if password.len() > 72 {
        let reason = "bcrypt: password length exceeds 72 bytes";
        return format!("failed to encrypt string with bcrypt: {reason}");
    }
    match bcrypt::hash_with_salt(password, COST, random.array()) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    }
}

/// The templates of a password type; each letter stands for a character set.
fn templates(key_type: &str) -> Option<&'static [&'static str]> {
    Some(match key_type {
        "maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium" => &["CvcnoCvc", "CvcCvcno"],
        "short" => &["Cvcn"],
        "basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        "pin" => &["nnnn"],
        _ => return None,
    })
}

fn characters(set: char) -> &'static [u8] {
    match set {
        'V' => b"AEIOU",
        'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        'v' => b"aeiou",
        'c' => b"bcdfghjklmnpqrstvwxyz",
        'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => b"0123456789",
        'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The password of a site, computed with the Master Password algorithm.
fn derive_password(
    counter: u32,
    templates: &[&str],
    [password, user, site]: [&str; 3],
) -> Result<Value, FunctionError> {
    let failed = |reason: &str| FunctionError::new(format!("failed to derive password: {reason}"));
    let salted = |name: &str| {
        let mut salt = b"com.lyndir.masterpassword".to_vec();
        salt.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
        salt.extend(name.bytes());
        salt
    };
    let mut key = [0; 64];
    let cost = scrypt::Params::new(15, 8, 2, 64).map_err(|_| failed("bad cost"))?;
    scrypt::scrypt(password.as_bytes(), &salted(user), &cost, &mut key)
        .map_err(|_| failed("bad length"))?;
    let mut sum = <Hmac<Sha256> as Mac>::new_from_slice(&key).map_err(|_| failed("bad key"))?;
    sum.update(&salted(site));
    sum.update(&counter.to_be_bytes());
    let seed = sum.finalize().into_bytes();
    let mut bytes = seed.iter().map(|byte| usize::from(*byte));
    let first = bytes.next().unwrap_or(0);
    let template = templates
        .get(first % templates.len().max(1))
        .copied()
        .unwrap_or_default();
    let letters = template.chars().zip(bytes).filter_map(|(set, byte)| {
        let characters = characters(set);
        characters
            .get(byte % characters.len())
            .copied()
            .map(char::from)
    });
    Ok(letters.collect::<String>().into())
}
