package io.bayes4j.examples.imagenet;

import io.bayes4j.examples.Check;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.RangeMethod;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code imagenet ptq}: quantizes a trained network to 8-bit integers, and compares. */
@Command(
    name = "ptq",
    description = {
      "Quantizes a network to 8-bit integers and compares the two on pictures that it was not",
      "calibrated on. 'imagenet evaluate' reads what this writes."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PtqCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WeightOptions weights;
  @Mixin private JudgingOptions judging;

  @Option(
      names = "--calibration",
      paramLabel = "DIR",
      description =
          "Folder as --data, such as of training pictures, that ranges are found on (default:"
              + " pictures of --data, which are not judged then).")
  private @Nullable Path calibration;

  @Option(
      names = "--calibrate",
      paramLabel = "N",
      description = "Pictures that ranges are found on; 0.6 MB of memory each.")
  private int calibrate = 256;

  @Option(
      names = "--range",
      paramLabel = "HOW",
      description = "How ranges of activations are found: ${COMPLETION-CANDIDATES}.")
  private RangeMethod range = RangeMethod.MIN_MAX;

  @Option(names = "--int8", paramLabel = "FILE", description = "File to write.")
  private Path output = Path.of("checkpoints", "imagenet-int8.safetensors");

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "imagenet-int8.html");

  PtqCommand() {}

  @Override
  public Integer call() throws IOException {
    judging.check();
    Check.positive(calibrate, "--calibrate");
    Folders.requireWritable("--int8", Folders.of(output));
    Folders.requireWritable("--report", Folders.of(report));
    ImageFolder folder = judging.folder();
    ImageFolder seen =
        (calibration == null ? folder : ImageFolder.find(calibration)).spread(calibrate);
    ImageFolder rest = folder.without(seen);
    Check.argument(
        !rest.files().isEmpty(),
        "--calibrate must leave pictures to judge, got %d of %d; or name others by --calibration",
        calibrate,
        folder.files().size());
    ImageNetNetwork network = weights.read();
    Check.argument(
        !network.integers(), "--weights must be of a float network, but is %s", network.words());
    judging.requireClasses(network, folder);
    PrintWriter out = spec.commandLine().getOut();
    Quantization done = quantize(network, seen, out);
    out.println(done.report());
    network.quantized(done.model()).save(output);
    compare(network, done, judging.chosen(rest), seen.files().size(), out);
    return 0;
  }

  private Quantization quantize(ImageNetNetwork network, ImageFolder seen, PrintWriter out)
      throws IOException {
    List<String> skipped = new ArrayList<>();
    try (PictureStream stream = judging.stream(seen, calibrate, skipped, out)) {
      INDArray inputs =
          stream
              .next()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "--calibrate needs a picture that can be read, got none"))
              .inputs();
      Quantization done =
          Quantizer.calibrate(network.model(), inputs)
              .quantize(network::another, QuantizationOptions.defaults().withRange(range.range()));
      inputs.close();
      return done;
    }
  }

  private void compare(
      ImageNetNetwork network,
      Quantization done,
      ImageFolder judged,
      int calibrated,
      PrintWriter out)
      throws IOException {
    ImageNetNetwork loaded = ImageNetNetwork.read(output, network.depth());
    List<Tally> tallies = judging.judge(List.of(network, loaded), judged, out);
    out.printf(Locale.US, "Float: %s%n", tallies.get(0).words());
    out.printf(Locale.US, "8-bit integers: %s%n", tallies.get(1).words());
    out.printf(Locale.US, "File of 8-bit integers: %s, %,d bytes%n", output, Files.size(output));
    ImageNetPage page =
        new ImageNetPage(
                spec,
                String.format(
                    Locale.US,
                    "%s, in floats (%s) and in 8-bit integers calibrated on %,d pictures; %,d"
                        + " others of %,d classes",
                    network.words(),
                    judging.precision(),
                    calibrated,
                    tallies.get(0).count(),
                    judged.classes().size()))
            .add("Float", tallies.get(0))
            .add("8-bit integers", tallies.get(1))
            .layers(done.report());
    out.println("Report:  " + page.write(report));
    out.flush();
  }
}
