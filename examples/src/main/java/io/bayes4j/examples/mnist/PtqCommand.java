package io.bayes4j.examples.mnist;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.QuantizationTables;
import io.bayes4j.examples.QuantizationTables.Reading;
import io.bayes4j.examples.RangeMethod;
import io.bayes4j.examples.ThreadOptions;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mnist ptq}: quantizes a trained network to 8-bit integers, and compares. */
@Command(
    name = "ptq",
    description = "Quantizes a trained network to 8-bit integers and compares the two.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PtqCommand implements Callable<Integer> {
  /** Training digits that ranges are found on. */
  private static final int CALIBRATION = 512;

  private static final int WARM_UP = 500;

  @Spec private CommandSpec spec;
  @Mixin private DataArguments data;
  @Mixin private ThreadOptions threads;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "mnist.safetensors");

  @Option(
      names = "--range",
      paramLabel = "HOW",
      description = "How ranges of activations are found: ${COMPLETION-CANDIDATES}.")
  private RangeMethod range = RangeMethod.MIN_MAX;

  @Option(names = "--int8", paramLabel = "FILE", description = "File to write.")
  private Path output = Path.of("checkpoints", "mnist-int8.safetensors");

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "mnist-int8.html");

  PtqCommand() {}

  @Override
  public Integer call() throws IOException {
    threads.apply();
    Folders.requireWritable("--int8", Folders.of(output));
    Folders.requireWritable("--report", Folders.of(report));
    DigitReader reader = DigitReader.load(checkpoint, Precision.F32);
    PrintWriter out = spec.commandLine().getOut();
    LoadedData digits = data.load(out);
    ImageSet some = digits.train().slice(0, Math.min(CALIBRATION, digits.train().size()));
    Quantization done =
        Quantizer.calibrate(reader.model(), DigitReader.tensor(some, reader.normalization()))
            .quantize(
                reader.settings()::model, QuantizationOptions.defaults().withRange(range.range()));
    out.println(done.report());
    Quantizer.save(done.model(), output);
    Layer loaded = Quantizer.load(reader.settings()::model, output);
    DigitReader int8 = reader.withModel((Sequential) loaded);
    Evaluation floats = show("Float", reader, digits, Files.size(checkpoint), out);
    Evaluation integers = show("8-bit integers", int8, digits, Files.size(output), out);
    ClassificationReport page = page(digits, floats, integers);
    tables(digits, floats, integers).addTo(page, done.report());
    out.println("Report:  " + page.write(report));
    out.flush();
    return 0;
  }

  private static Evaluation show(
      String name, DigitReader reader, LoadedData digits, long bytes, PrintWriter out) {
    ImageSet test = digits.test();
    // Compiled before it is timed.
    reader.read(test.slice(0, Math.min(WARM_UP, test.size())));
    Results results = new Results(out);
    Evaluation evaluation =
        Evaluation.of(
            reader,
            digits,
            known -> {
              out.println();
              out.println(
                  String.format(
                      Locale.US,
                      "%s: %d bytes, %.2f s for the test digits",
                      name,
                      bytes,
                      seconds(known.readingTime())));
              results.print(known);
            });
    results.print(reader, evaluation);
    return evaluation;
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private ClassificationReport page(LoadedData digits, Evaluation floats, Evaluation integers) {
    ClassificationReport page =
        Report.of(floats.digits().prediction(), digits.test().labels())
            .title("A network that reads digits, in floats and in 8-bit integers")
            .summary(digits.description())
            .examplesAre("test digits")
            .licence(digits.licence())
            .madeBy(
                "examples/run "
                    + String.join(" ", spec.root().commandLine().getParseResult().originalArgs()),
                Instant.now().truncatedTo(ChronoUnit.SECONDS))
            .pictures(ReportAssembler.pictures(digits.test()));
    for (Evaluation.Foreign foreign : floats.foreign()) {
      ImageSet images = foreign.judged().images();
      page.against(images.name(), foreign.judged().prediction(), ReportAssembler.pictures(images));
    }
    return page.compare("The same in 8-bit integers", integers.digits().prediction());
  }

  private QuantizationTables tables(LoadedData digits, Evaluation floats, Evaluation integers)
      throws IOException {
    QuantizationTables tables = new QuantizationTables();
    tables.test(
        "Test digits",
        digits.test().labels(),
        new Reading(
            floats.digits().prediction(), Files.size(checkpoint), seconds(floats.readingTime())),
        new Reading(
            integers.digits().prediction(), Files.size(output), seconds(integers.readingTime())));
    for (int i = 0; i < floats.foreign().size(); i++) {
      Judged before = floats.foreign().get(i).judged();
      Judged after = integers.foreign().get(i).judged();
      tables.foreign(before.images().name(), before.prediction(), after.prediction());
    }
    return tables;
  }
}
