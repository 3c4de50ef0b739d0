package io.sluice.bench.report;

/// The role of a subject in a result, which sets its colour.
enum SubjectRole {
    /// It is ours in a goal.
    OURS,
    /// It is a peer in a goal.
    PEER,
    /// It is in no goal.
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

    /// Its text in the legend.
    String text() {
        return switch (this) {
            case OURS -> "ours";
            case PEER -> "peers and floors";
            case OTHER -> "others";
        };
    }
}
