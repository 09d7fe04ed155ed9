package io.bayes4j.examples.convert;

import io.bayes4j.convert.Conversion;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.NpyFiles;
import io.bayes4j.layers.variational.Estimator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: a file that another library has written as a Bayesian network. */
@Command(
    name = "convert",
    description = "Reads a trained model, makes it Bayesian, checks its mean, and saves it.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class ConvertCommand implements Callable<Integer> {
  /** Largest difference at the mean, relative to the largest output. */
  private static final double TOLERANCE = 1e-5;

  private static final int EXAMPLES = 2;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "File of the trained model, such as ONNX.")
  private Path model;

  @Option(names = "--estimator", description = "How weights are drawn: ${COMPLETION-CANDIDATES}.")
  private Estimator estimator = Estimator.FLIPOUT;

  @Option(
      names = "--moped",
      paramLabel = "DELTA",
      description = "Spreads of DELTA times each trained weight, priors around it (MOPED).")
  private @Nullable Double moped;

  @Option(names = "--last-layer", description = "Only the last layer becomes Bayesian.")
  private boolean lastLayer;

  @Option(
      names = "--input-shape",
      split = ",",
      paramLabel = "LENGTH",
      description = "Lengths of one example, if the file leaves them open.")
  private @Nullable List<Long> inputShape;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Inputs to check with, a .npy of floats; for several inputs once for each in order, or an"
              + " .npz. Random numbers, if none are given.")
  private List<Path> data = List.of();

  @Option(
      names = "--expected",
      paramLabel = "FILE",
      description = "What the original makes of the inputs of --data, a .npy of floats.")
  private @Nullable Path expected;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to save the network.")
  private @Nullable Path out;

  @Option(names = "--onnx", paramLabel = "FILE", description = "Where to write the mean as ONNX.")
  private @Nullable Path onnx;

  ConvertCommand() {}

  @Override
  public Integer call() throws IOException {
    if (expected != null && data.isEmpty()) {
      throw new IllegalArgumentException("--expected needs the inputs that it belongs to: --data");
    }
    if (!Files.isRegularFile(model)) {
      throw new IllegalArgumentException("MODEL must be a file that is there, got " + model);
    }
    PrintWriter print = spec.commandLine().getOut();
    ImportedModel imported = ModelFile.read(model);
    print.println(model + ": " + imported);
    List<INDArray> x =
        data.isEmpty()
            ? List.of(numbers(imported))
            : NetworkInputs.read(NetworkInputs.names(imported.model()), data);
    INDArray before = run(imported.model(), x);
    INDArray wanted = expected == null ? before : NpyFiles.readNpy(expected);
    Conversion conversion = DnnToBnn.convert(imported.model(), options());
    print.println(conversion.report());
    print.println(Layers.summary(conversion.model()));
    double apart = apart(run(conversion.model(), x), wanted);
    String original = expected == null ? "the imported network" : expected.toString();
    print.printf(
        Locale.US, "at the mean, %.1e of the largest output apart from %s%n", apart, original);
    print.flush();
    if (!(apart <= TOLERANCE)) {
      throw new IllegalArgumentException(
          "the mean does not reproduce the original's output within " + TOLERANCE);
    }
    save(conversion.model(), x, print);
    print.flush();
    return 0;
  }

  private void save(Layer network, List<INDArray> x, PrintWriter print) throws IOException {
    if (out != null) {
      Checkpoint.save(network, out, Map.of("source", String.valueOf(model.getFileName())));
      print.println("saved " + out);
    }
    if (onnx != null) {
      List<long[]> shapes =
          x.stream().map(array -> Arrays.copyOfRange(array.shape(), 1, array.rank())).toList();
      OnnxExport.mean(network, onnx, shapes);
      print.println("saved " + onnx);
    }
  }

  private ConversionOptions options() {
    ConversionOptions options = ConversionOptions.of(estimator);
    options = moped == null ? options : options.withMoped(Moped.of(moped));
    return lastLayer ? options.lastLayerOnly() : options;
  }

  /** Random inputs: standard normals, or zeros and ones where they are numbers of words. */
  private INDArray numbers(ImportedModel imported) {
    List<String> inputs = NetworkInputs.names(imported.model());
    if (inputs.size() > 1) {
      throw new IllegalArgumentException(
          "the network reads "
              + inputs.size()
              + " inputs: give each with --data, a .npy of floats, in order, or all in one .npz");
    }
    long[] lengths = exampleShape(imported);
    long[] shape = LongStream.concat(LongStream.of(EXAMPLES), LongStream.of(lengths)).toArray();
    INDArray x = Noise.seeded(1).normals(shape);
    boolean words =
        Layers.of(imported.model()).stream().anyMatch(place -> place.layer() instanceof Embedding);
    return words ? x.gt(0).castTo(DataType.FLOAT) : x;
  }

  private long[] exampleShape(ImportedModel imported) {
    List<Long> declared = imported.inputShape();
    if (inputShape != null) {
      return inputShape.stream().mapToLong(Long::longValue).toArray();
    }
    List<Long> lengths = declared.isEmpty() ? declared : declared.subList(1, declared.size());
    if (declared.isEmpty() || lengths.contains(-1L)) {
      throw new IllegalArgumentException(
          "the file leaves the input's shape open, "
              + declared
              + ": say the lengths of one example, such as --input-shape 1,28,28");
    }
    return lengths.stream().mapToLong(Long::longValue).toArray();
  }

  private static INDArray run(Layer network, List<INDArray> x) {
    List<Var> inputs = x.stream().map(Var::constant).toList();
    return Gradients.off(
        () -> {
          Var y =
              network instanceof Graph graph
                  ? Pass.mean().run(graph, inputs)
                  : Pass.mean().run(network, inputs.get(0));
          return y.value().dup('c');
        });
  }

  private static double apart(INDArray y, INDArray wanted) {
    if (!Arrays.equals(y.shape(), wanted.shape())) {
      throw new IllegalArgumentException(
          "the network makes "
              + Arrays.toString(y.shape())
              + ", the original "
              + Arrays.toString(wanted.shape()));
    }
    double largest = wanted.amaxNumber().doubleValue();
    double most = y.sub(wanted).amaxNumber().doubleValue();
    return most == 0 ? 0 : most / largest;
  }
}
