package io.sluice.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Lines break between words, and a cut text shows that it is cut.
class LinesTest {
    @Test
    void noLineIsLongerThanAskedUnlessAWordIs() {
        assertThat(Lines.wrap("a line of some words", 8)).containsExactly("a line", "of some", "words");
        assertThat(Lines.wrap("a word-that-is-long at last", 8)).containsExactly("a", "word-that-is-long", "at last");
        assertThat(Lines.wrap("", 8)).containsExactly("");
    }

    @Test
    void aCutNameShowsItAndNoCharacterIsHalved() {
        assertThat(Lines.shorten("exact", 5)).isEqualTo("exact");
        assertThat(Lines.shorten("longer", 5)).isEqualTo("long…");
        assertThat(Lines.shorten("\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00", 2)).isEqualTo("\uD83D\uDE00…");
    }
}
