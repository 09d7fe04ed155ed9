package io.bayes4j.examples.programs;

import java.util.List;

/** The programs of this package, as commands. */
public final class Programs {
  private Programs() {}

  /** A new command for each. */
  public static List<Object> all() {
    return List.of(
        new RegressionCommand(),
        new TriageCommand(),
        new ShiftCommand(),
        new SegmentationCommand(),
        new ActiveCommand(),
        new FusionCommand(),
        new ActionsCommand(),
        new UciCommand(),
        new StudyCommand());
  }
}
