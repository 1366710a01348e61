//! A small bar chart for the `bars` macro: an inline picture with a table behind it. Heights are whole hundredths, so
//! that no amount of money becomes a float.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    /// The amount as the reader sees it.
    pub shown: String,
    /// 0 to 100.
    pub height: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Says the whole in one line, for who does not see the picture.
    pub title: String,
    pub bars: Vec<Bar>,
}

impl Chart {
    /// Bars from label, shown amount and amount; the largest is full height, what is not above zero has none, and
    /// what is above zero is seen (at least 1).
    pub fn of(title: impl Into<String>, points: impl IntoIterator<Item = (String, String, i64)>) -> Self {
        let points: Vec<_> = points.into_iter().collect();
        let top = points.iter().map(|point| point.2).max().unwrap_or(0);
        let bars = points.into_iter().map(|(label, shown, amount)| Bar { label, shown, height: height(amount, top) }).collect();
        Self { title: title.into(), bars }
    }

    pub fn first(&self) -> &str {
        self.bars.first().map_or("", |bar| &bar.label)
    }

    pub fn last(&self) -> &str {
        self.bars.last().map_or("", |bar| &bar.label)
    }
}

fn height(amount: i64, top: i64) -> u8 {
    if amount <= 0 || top <= 0 {
        return 0;
    }
    let hundredths = i128::from(amount) * 100 / i128::from(top);
    u8::try_from(hundredths.clamp(1, 100)).unwrap_or(100)
}
