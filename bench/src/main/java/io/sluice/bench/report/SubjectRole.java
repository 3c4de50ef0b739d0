package io.sluice.bench.report;

/// The part a subject plays in a result, which gives it its colour.
enum SubjectRole {
    /// A goal has it as ours.
    OURS,
    /// A goal compares with it.
    PEER,
    /// No goal names it.
    OTHER;

    static SubjectRole of(Result result, Series series) {
        if (result.goals().stream().anyMatch(goal -> goal.ours().equals(series.name()))) {
            return OURS;
        }
        return result.goals().stream().anyMatch(goal -> goal.peers().contains(series.name())) ? PEER : OTHER;
    }

    /// Its class in the style sheet.
    String style() {
        return switch (this) {
            case OURS -> "ours";
            case PEER -> "peer";
            case OTHER -> "other";
        };
    }

    /// What the legend calls it.
    String text() {
        return switch (this) {
            case OURS -> "ours";
            case PEER -> "peers and floors";
            case OTHER -> "others";
        };
    }
}
