package io.bayes4j.examples.programs;

import io.bayes4j.examples.Check;
import io.bayes4j.examples.Folders;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options that the programs share. */
final class ProgramOptions {
  @Option(names = "--report", paramLabel = "DIR", description = "Folder of the page.")
  private Path folder = Path.of("report");

  @Option(names = "--seed", description = "Same seed, same numbers.")
  private long seed = 1;

  @Option(
      names = "--effort",
      paramLabel = "SHARE",
      description = "Share of the usual work, above 0: 0.1 is for a hurried look.")
  private double effort = 1;

  void check() {
    Check.argument(effort > 0 && effort <= 10, "--effort must be in (0, 10], got %s", effort);
    Check.argument(
        !Files.isRegularFile(folder), "--report must be a folder, but %s is a file", folder);
    Folders.requireWritable("--report", folder);
  }

  long seed() {
    return seed;
  }

  /** A share of a usual number, of epochs or of examples. */
  int share(int usual) {
    return Math.max(1, (int) Math.round(usual * effort));
  }

  /** Writes the page, and says where. */
  void write(Report<?> report, String name, CommandSpec spec) throws IOException {
    String command =
        "examples/run "
            + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    report.madeBy(command, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    PrintWriter out = spec.commandLine().getOut();
    out.println("Report:  " + report.write(folder.resolve(name)));
    out.flush();
  }
}
