//! The schedules of CronJobs: five fields, or a descriptor such as `@hourly`.
//!
//! Start at [`check`].

/// The months, from January on.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// The days of the week, from Sunday on.
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The range of one field, and names for its numbers.
struct Bounds {
    least: u32,
    greatest: u32,
    names: &'static [&'static str],
}

const FIELDS: [Bounds; 5] = [
    Bounds::new(0, 59, &[]),
    Bounds::new(0, 23, &[]),
    Bounds::new(1, 31, &[]),
    Bounds::new(1, 12, &MONTHS),
    Bounds::new(0, 6, &DAYS),
];

impl Bounds {
    const fn new(least: u32, greatest: u32, names: &'static [&'static str]) -> Self {
        Self {
            least,
            greatest,
            names,
        }
    }

    /// A number, or the number of a name.
    fn number(&self, text: &str) -> Result<u32, String> {
        let lower = text.to_lowercase();
        if let Some(at) = self.names.iter().position(|name| *name == lower) {
            return Ok(self.least + u32::try_from(at).unwrap_or_default());
        }
        text.parse().map_err(|_| {
            format!(
                "failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax"
            )
        })
    }
}

/// Checks a schedule; the error is the message of the API server.
pub(super) fn check(schedule: &str) -> Result<(), String> {
    if schedule.starts_with('@') {
        return check_descriptor(schedule);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!(
            "expected exactly {} fields, found {}: [{}]",
            FIELDS.len(),
            fields.len(),
            fields.join(" ")
        ));
    }
    for (field, bounds) in fields.iter().zip(&FIELDS) {
        for part in field.split(',') {
            check_range(part, bounds)?;
        }
    }
    Ok(())
}

fn check_descriptor(schedule: &str) -> Result<(), String> {
    let known = [
        "@yearly",
        "@annually",
        "@monthly",
        "@weekly",
        "@daily",
        "@midnight",
        "@hourly",
    ];
    let is_interval = schedule
        .strip_prefix("@every ")
        .is_some_and(|duration| duration.starts_with(|first: char| first.is_ascii_digit()));
    if known.contains(&schedule) || is_interval {
        Ok(())
    } else {
        Err(format!("unrecognized descriptor: {schedule}"))
    }
}

/// Checks a part of a field: a number, a range, or one of them with a step.
fn check_range(part: &str, bounds: &Bounds) -> Result<(), String> {
    let (range, step) = match part.split_once('/') {
        Some((_, rest)) if rest.contains('/') => return Err(format!("too many slashes: {part}")),
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let (start, end) = match range {
        "*" | "?" => (bounds.least, bounds.greatest),
        _ => match range.split_once('-') {
            Some((_, rest)) if rest.contains('-') => {
                return Err(format!("too many hyphens: {part}"));
            }
            Some((start, end)) => (bounds.number(start)?, bounds.number(end)?),
            None => {
                let number = bounds.number(range)?;
                let end = if step.is_some() {
                    bounds.greatest
                } else {
                    number
                };
                (number, end)
            }
        },
    };
    let step = step.map_or(Ok(1), |step| bounds.number(step))?;
    if start < bounds.least {
        let least = bounds.least;
        return Err(format!(
            "beginning of range ({start}) below minimum ({least}): {part}"
        ));
    }
    if end > bounds.greatest {
        let greatest = bounds.greatest;
        return Err(format!(
            "end of range ({end}) above maximum ({greatest}): {part}"
        ));
    }
    if start > end {
        return Err(format!(
            "beginning of range ({start}) beyond end of range ({end}): {part}"
        ));
    }
    if step == 0 {
        return Err(format!("step of range should be a positive number: {part}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn valid_schedules_are_accepted() {
        for schedule in [
            "* * * * *",
            "*/5 0-6 1,15 jan-MAR sun",
            "0 12 ? * 1-5/2",
            "3/20 * * * *",
            "@hourly",
            "@every 5m",
        ] {
            assert_eq!(check(schedule), Ok(()), "{schedule}");
        }
    }

    #[test]
    fn each_fault_of_a_schedule_has_a_message() {
        for (schedule, message) in [
            ("60 * * * *", "end of range (60) above maximum (59): 60"),
            ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
            (
                "5-1 * * * *",
                "beginning of range (5) beyond end of range (1): 5-1",
            ),
            (
                "*/0 * * * *",
                "step of range should be a positive number: */0",
            ),
            ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ] {
            assert_eq!(check(schedule), Err(message.to_owned()));
        }
    }
}
