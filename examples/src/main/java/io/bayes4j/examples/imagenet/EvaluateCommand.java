package io.bayes4j.examples.imagenet;

import io.bayes4j.core.runtime.Threads;
import io.bayes4j.examples.Folders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code imagenet evaluate}: how often a network is right, and how honest it is. */
@Command(
    name = "evaluate",
    description = "Evaluates a network on pictures in ImageNet's layout.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WeightOptions weights;
  @Mixin private JudgingOptions judging;

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "imagenet.html");

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    judging.check();
    Folders.requireWritable("--report", Folders.of(report));
    ImageFolder folder = judging.folder();
    ImageNetNetwork network = weights.read();
    judging.requireClasses(network, folder);
    ImageFolder chosen = judging.chosen(folder);
    PrintWriter out = spec.commandLine().getOut();
    String what =
        String.format(
            Locale.US,
            "%s, %s, %d threads; %,d pictures of %,d classes",
            network.words(),
            network.precision(judging.precision()),
            Threads.count(),
            chosen.files().size(),
            folder.classes().size());
    out.println(what);
    out.flush();
    Tally tally = judging.judge(List.of(network), chosen, out).get(0);
    out.println(tally.words());
    ImageNetPage page = new ImageNetPage(spec, what).add(network.words(), tally);
    out.println("Report:  " + page.write(report));
    out.flush();
    return 0;
  }
}
