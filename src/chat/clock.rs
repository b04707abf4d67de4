//! What `strftime_now` tells: a local time that the caller gives.

/// A local time without a time zone, as Python's `datetime.now()` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The year, from 1 to 9999.
    pub year: i64,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The hour, from 0 to 23.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
    /// The second.
    pub second: u8,
    /// The microsecond.
    pub microsecond: u32,
}

impl Clock {
    /// Reads `2025-03-05`, `2025-03-05T14:07`, `2025-03-05T14:07:09` or `2025-03-05 14:07:09.123456`.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let [year, month, day] = numbers::<3>(date, '-', 3)?;
        let (clock, fraction) = match time {
            Some(time) => time.split_once('.').map_or((time, ""), |(clock, fraction)| (clock, fraction)),
            None => ("0:0:0", ""),
        };
        let [hour, minute, second] = numbers::<3>(clock, ':', 2)?;
        let within = (1..=9999).contains(&year) && hour < 24 && minute < 60 && second < 60;
        let parsed = Self {
            year,
            month: u8::try_from(month).ok()?,
            day: u8::try_from(day).ok()?,
            hour: u8::try_from(hour).ok()?,
            minute: u8::try_from(minute).ok()?,
            second: u8::try_from(second).ok()?,
            microsecond: microseconds(fraction)?,
        };
        // A day that does not exist, such as February 30th, would come back as another one.
        let exists = (1..=12).contains(&month) && Self::from_days(parsed.days()).day == parsed.day;
        (within && exists && day > 0).then_some(parsed)
    }

    /// The time in UTC, so many seconds and microseconds after 1970-01-01.
    pub fn from_unix(seconds: u64, microsecond: u32) -> Self {
        let (days, of_day) = (seconds / 86_400, seconds % 86_400);
        let part = |value: u64| u8::try_from(value % 60).unwrap_or_default();
        let hour = u8::try_from(of_day / 3_600).unwrap_or_default();
        let day = Self::from_days(i64::try_from(days).unwrap_or_default());
        Self { hour, minute: part(of_day / 60), second: part(of_day), microsecond, ..day }
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    pub(super) fn days(&self) -> i64 {
        let month = i64::from(self.month);
        let year = if month <= 2 { self.year.saturating_sub(1) } else { self.year };
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let from_march = month.saturating_add(9).rem_euclid(12);
        let of_year =
            from_march.saturating_mul(153).saturating_add(2).div_euclid(5).saturating_add(i64::from(self.day));
        let leaps = of_era.div_euclid(4).saturating_sub(of_era.div_euclid(100));
        let of_era = of_era.saturating_mul(365).saturating_add(leaps).saturating_add(of_year).saturating_sub(1);
        era.saturating_mul(146_097).saturating_add(of_era).saturating_sub(719_468)
    }

    /// Midnight of the day that is so many days after 1970-01-01.
    pub(super) fn from_days(days: i64) -> Self {
        let days = days.saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let leaps = of_era.div_euclid(1_460).saturating_sub(of_era.div_euclid(36_524));
        let year_of_era =
            of_era.saturating_sub(leaps).saturating_add(of_era.div_euclid(146_096)).div_euclid(365).min(399);
        let year_of_era = exact_year(of_era, year_of_era);
        let of_year = of_era.saturating_sub(year_start(year_of_era));
        let from_march = of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
        let day = of_year.saturating_sub(from_march.saturating_mul(153).saturating_add(2).div_euclid(5));
        let month = if from_march < 10 { from_march.saturating_add(3) } else { from_march.saturating_sub(9) };
        let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(i64::from(month <= 2));
        Self {
            year,
            month: u8::try_from(month).unwrap_or(1),
            day: u8::try_from(day.saturating_add(1)).unwrap_or(1),
            hour: 0,
            minute: 0,
            second: 0,
            microsecond: 0,
        }
    }

    /// The weekday, 0 for Sunday.
    pub(super) fn weekday(&self) -> i64 {
        self.days().saturating_add(4).rem_euclid(7)
    }
}

/// The first day of a year that begins in March, within its era of 400 years.
fn year_start(year: i64) -> i64 {
    let leaps = year.div_euclid(4).saturating_sub(year.div_euclid(100));
    year.saturating_mul(365).saturating_add(leaps)
}

/// The year of a day within its era, given a guess that is off by one at most.
fn exact_year(day: i64, guess: i64) -> i64 {
    let candidates = [guess.saturating_add(1), guess, guess.saturating_sub(1)];
    candidates.into_iter().filter(|year| (0..400).contains(year)).find(|year| year_start(*year) <= day).unwrap_or(0)
}

/// Numbers between `separator`s, of which `least` must be there.
fn numbers<const N: usize>(text: &str, separator: char, least: usize) -> Option<[i64; N]> {
    let mut parsed = [0; N];
    let mut count = 0_usize;
    for part in text.split(separator) {
        let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        *parsed.get_mut(count)? = part.parse().ok().filter(|_| digits)?;
        count = count.saturating_add(1);
    }
    (count >= least).then_some(parsed)
}

fn microseconds(fraction: &str) -> Option<u32> {
    if fraction.len() > 6 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<6}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        for days in (-719_162..2_932_896).step_by(97) {
            assert_eq!(Clock::from_days(days).days(), days);
        }
        assert_eq!(Clock::parse("1970-01-01").unwrap().days(), 0);
        assert_eq!(Clock::parse("2025-03-05").unwrap().weekday(), 3);
    }

    #[test]
    fn reads_iso_times() {
        let clock = Clock::parse("2025-03-05T14:07:09.123456").unwrap();
        assert_eq!((clock.hour, clock.second, clock.microsecond), (14, 9, 123_456));
        assert_eq!(Clock::parse("2024-02-29 23:59").unwrap().day, 29);
        for wrong in ["", "2025", "2025-13-01", "2025-02-30", "2025-01-01T24:00", "2025-01-01T", "2025-1-1x"] {
            assert_eq!(Clock::parse(wrong), None, "{wrong}");
        }
    }
}
