//! Random numbers that are the same every time.

/// A small generator. Source: splitmix64 by Sebastiano Vigna, public domain.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number from 0 up to but not 1.
    pub fn fraction(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The next number below `most`; 0 for nothing to choose from.
    pub fn below(&mut self, most: usize) -> usize {
        (self.fraction() * most as f64) as usize
    }
}

/// Blobs that get lost. A blob is lost or not whoever asks for it and when, so that runs are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LostBlobs {
    /// By name.
    pub names: Vec<String>,
    /// How many of all others, from 0 to 1.
    pub share: f64,
    /// Another seed loses others.
    pub seed: u64,
}

impl LostBlobs {
    /// True for none at all.
    pub fn is_none(&self) -> bool {
        self.names.is_empty() && self.share <= 0.0
    }

    /// Whether a blob is lost.
    pub fn takes(&self, name: &str) -> bool {
        let number = xxhash_rust::xxh3::xxh3_64_with_seed(name.as_bytes(), self.seed);
        self.names.iter().any(|lost| lost == name) || Chance::new(number).fraction() < self.share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_source() {
        let mut chance = Chance::new(1_234_567);
        let numbers: Vec<u64> = (0..3).map(|_| chance.number()).collect();
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn about_as_many_blobs_are_lost_as_wanted_and_always_the_same() {
        let lost = LostBlobs { share: 0.25, seed: 7, ..LostBlobs::default() };
        let taken: Vec<u32> = (0..4000_u32).filter(|k| lost.takes(&k.to_string())).collect();
        assert!((900..1100).contains(&taken.len()), "{}", taken.len());
        assert!(taken.iter().all(|k| lost.takes(&k.to_string())));
        assert!(LostBlobs { names: vec![String::from("12")], ..LostBlobs::default() }.takes("12"));
        assert!(!LostBlobs::default().takes("12"));
    }
}
