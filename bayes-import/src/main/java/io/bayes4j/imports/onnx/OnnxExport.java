package io.bayes4j.imports.onnx;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
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
 * Sequential models, graphs, the zoo's networks and the layers of {@code io.bayes4j.layers} are
 * written; a block whose forward alone tells what it does is not.
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
    write(model, Optional.empty(), file, one(exampleShape));
  }

  /**
   * Writes a network of several inputs at the mean of its posterior, under a temporary name first.
   * They are named "input", "input_2" and so on.
   *
   * @param exampleShapes for each input, lengths of one example's axes
   * @throws IllegalArgumentException naming all layers that cannot be written, or if a shape does
   *     not fit the model; nothing is written then
   * @throws IOException if the file cannot be written
   */
  public static void mean(Layer model, Path file, List<long[]> exampleShapes) throws IOException {
    write(model, Optional.empty(), file, exampleShapes);
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
    draw(model, noise, file, one(exampleShape));
  }

  /**
   * Writes one draw of the weights of a network of several inputs, under a temporary name first.
   *
   * @param noise what the draw follows from: equal noise, equal weights
   * @param exampleShapes for each input, lengths of one example's axes
   * @throws IllegalArgumentException naming all layers that cannot be written, or if a shape does
   *     not fit the model; nothing is written then
   * @throws IOException if the file cannot be written
   */
  public static void draw(Layer model, Noise noise, Path file, List<long[]> exampleShapes)
      throws IOException {
    write(model, Optional.of(Require.nonNull(noise, "noise")), file, exampleShapes);
  }

  private static List<long[]> one(long... exampleShape) {
    return List.of(Require.nonNull(exampleShape, "exampleShape"));
  }

  private static void write(
      Layer model, Optional<Noise> noise, Path file, List<long[]> exampleShapes)
      throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    Require.elements(exampleShapes, "exampleShapes");
    int inputs = model instanceof Graph graph ? graph.inputs().size() : 1;
    Require.argument(
        exampleShapes.size() == inputs,
        "exampleShapes must be one for each of the model's %d inputs, got %d",
        inputs,
        exampleShapes.size());
    exampleShapes.forEach(OnnxExport::checked);
    ModelProto proto =
        ModelAccess.reading(
            model,
            () -> {
              Map<String, long[]> read = new HashMap<>();
              long[] output = run(model, read, exampleShapes);
              return new ExportedModel(read, noise).write(model, output, exampleShapes);
            });
    AtomicFiles.write(file, proto::writeTo);
  }

  private static void checked(long... exampleShape) {
    Require.argument(
        exampleShape.length > 0 && Arrays.stream(exampleShape).allMatch(length -> length > 0),
        "exampleShape must be one or more lengths above zero, got %s",
        Require.text(exampleShape));
    long room = MOST_ELEMENTS;
    for (long length : exampleShape) {
      room /= length;
    }
    Require.argument(
        room > 0,
        "exampleShape must have at most %d elements, got %s",
        MOST_ELEMENTS,
        Require.text(exampleShape));
  }

  /**
   * The shape of the output for one example.
   *
   * @param read takes the shape of what every layer reads first, by its path
   */
  private static long[] run(Layer model, Map<String, long[]> read, List<long[]> exampleShapes) {
    List<Var> inputs = exampleShapes.stream().map(OnnxExport::example).toList();
    Pass.Observer observer =
        new Pass.Observer() {
          @Override
          public void saw(String path, Layer layer, Var output) {}

          @Override
          public void runs(String path, Layer layer, List<Var> inputs) {
            read.put(path, inputs.get(0).shape());
          }
        };
    Pass pass = Pass.mean().watchedBy(observer);
    return Gradients.off(
        () ->
            (model instanceof Graph graph
                    ? pass.run(graph, inputs)
                    : pass.run(model, inputs.get(0)))
                .shape());
  }

  private static Var example(long... exampleShape) {
    long[] shape = LongStream.concat(LongStream.of(1), LongStream.of(exampleShape)).toArray();
    return Var.constant(Detached.zeros(shape));
  }
}
