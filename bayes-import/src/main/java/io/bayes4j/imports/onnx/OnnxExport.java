package io.bayes4j.imports.onnx;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import onnx.OnnxMl.ModelProto;

/**
 * Networks as ONNX models, for other runtimes: a Bayesian one at the mean of its posterior, or as
 * one draw of its weights. Several draws are several files, whose predictions are averaged.
 *
 * <pre>{@code
 * OnnxExport.mean(model, Path.of("mean.onnx"), 3, 224, 224);
 * OnnxExport.draw(model, Noise.seeded(1).split(1), Path.of("draw-1.onnx"), 3, 224, 224);
 * }</pre>
 *
 * <p>The model has opset 17, an input "input" of any number of examples and an output "output".
 * Sequential models, graphs and the layers of {@code io.bayes4j.layers} are written; a block with a
 * forward of its own is not, for which there is no text.
 */
public final class OnnxExport {
  /** Elements of an input. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE / Float.BYTES;

  private OnnxExport() {}

  /**
   * Writes a network at the mean of its posterior, under a temporary name first.
   *
   * @param exampleShape lengths of one example's axes, without the number of examples
   * @throws IllegalArgumentException naming all layers that cannot be written, or if the shape does
   *     not fit the model; nothing is written then
   * @throws IOException if the file cannot be written
   */
  public static void mean(Layer model, Path file, long... exampleShape) throws IOException {
    write(model, Optional.empty(), file, exampleShape);
  }

  /**
   * Writes one draw of a network's weights, under a temporary name first.
   *
   * @param noise what the draw follows from: equal noise, equal weights
   * @param exampleShape lengths of one example's axes, without the number of examples
   * @throws IllegalArgumentException naming all layers that cannot be written, or if the shape does
   *     not fit the model; nothing is written then
   * @throws IOException if the file cannot be written
   */
  public static void draw(Layer model, Noise noise, Path file, long... exampleShape)
      throws IOException {
    write(model, Optional.of(Require.nonNull(noise, "noise")), file, exampleShape);
  }

  private static void write(Layer model, Optional<Noise> noise, Path file, long... exampleShape)
      throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    Require.argument(
        exampleShape != null
            && exampleShape.length > 0
            && Arrays.stream(exampleShape).allMatch(length -> length > 0),
        "exampleShape must be one or more lengths above zero, got %s",
        Arrays.toString(exampleShape));
    long room = MOST_ELEMENTS;
    for (long length : exampleShape) {
      room /= length;
    }
    Require.argument(
        room > 0,
        "exampleShape must have at most %d elements, got %s",
        MOST_ELEMENTS,
        Arrays.toString(exampleShape));
    ModelProto proto =
        ModelAccess.reading(
            model,
            () -> {
              Map<String, long[]> inputs = new HashMap<>();
              long[] output = run(model, inputs, exampleShape);
              return new ExportedModel(inputs, noise).write(model, output, exampleShape);
            });
    AtomicFiles.write(file, proto::writeTo);
  }

  /**
   * The shape of the output for one example.
   *
   * @param inputs takes the shapes of what every layer reads, by its path
   */
  private static long[] run(Layer model, Map<String, long[]> inputs, long... exampleShape) {
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = 1;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    Pass.Observer observer =
        new Pass.Observer() {
          @Override
          public void saw(String path, Layer layer, Var output) {}

          @Override
          public void runs(String path, Layer layer, Var input) {
            inputs.put(path, input.shape());
          }
        };
    Var x = Var.constant(Detached.zeros(shape));
    return Gradients.off(() -> Pass.mean().watchedBy(observer).run(model, x).shape());
  }
}
