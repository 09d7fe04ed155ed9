package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.Flags;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.imports.dl4j.Dl4jFormat;
import io.bayes4j.imports.keras.KerasFormat;
import io.bayes4j.imports.onnx.OnnxFormat;
import io.bayes4j.imports.parts.Choice;
import io.bayes4j.imports.parts.Comparison;
import io.bayes4j.imports.parts.GlobalMaxPool;
import io.bayes4j.imports.parts.Nodes;
import io.bayes4j.imports.parts.Overlay;
import io.bayes4j.imports.parts.PaddedAvgPool;
import io.bayes4j.imports.parts.SameAvgPool;
import io.bayes4j.imports.parts.SamePad;
import io.bayes4j.imports.parts.SlidingWindows;
import io.bayes4j.imports.parts.StepRecurrent;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.sweep.LayersExamples;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All of bayes-import, called with every wrong argument. */
final class ImportSweepTest {
  @TempDir private Path folder;

  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(ModelFile.class, examples())
            .withEdges()
            .ofPackages(
                "io.bayes4j.imports",
                "io.bayes4j.imports.format",
                "io.bayes4j.imports.onnx",
                "io.bayes4j.imports.keras",
                "io.bayes4j.imports.dl4j",
                "io.bayes4j.imports.parts")
            .allow("ImportedModel.new(*", "what a reader found")
            .allow("*Exception.new(*) empty|*Exception.new(*) blank", "a message")
            .allow("*.recognizes(head) *", "what no format begins with")
            .allow("*.recognizes(file) *", "not asked where the first bytes tell")
            .allow("ModelFormat.requireFile(file) missing", "opening it says so")
            .allow(
                "Overlay.*content*|Overlay.forward(x) *|Overlay.new(*|Overlay.sum(*",
                "any shape that broadcasts, checked there")
            .allow(
                "Comparison.*content*|Comparison.forward(*) *|Choice.*content*|Choice.forward(*) *",
                "any shapes that broadcast, checked there")
            .allow("OnnxExport.*(exampleShape) one more", "features are on the last axis")
            .allow("SlidingWindows.padding(*) 0", "the first axis, an empty one")
            .calls("StepRecurrent.new(*puts) *|StepRecurrent.new(units) *", "array", "of weights")
            .allow("Nodes.*(wished) *|Nodes.note(text) *|Nodes.logits(name) *", "any text")
            .allow("Nodes.add(inputs) *", "checked when the graph is built")
            .allow("*.forward(x) content*", "numbers flow on as IEEE 754 says")
            .run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(100);
  }

  private static Path file(String name) {
    return Path.of(URI.create(ImportSweepTest.class.getResource(name).toString()));
  }

  private static SlidingWindows windows() {
    return new SlidingWindows(List.of(2, 2), List.of(2, 1));
  }

  private static Callable<Var> images() {
    return () -> Var.constant(Noise.seeded(1).normals(2, 3, 5, 4));
  }

  private Examples examples() {
    Path onnx = file("onnx/mlp-old.onnx");
    return LayersExamples.types()
        .put("ModelFile.file", () -> onnx)
        .put("OnnxFormat.file", () -> onnx)
        .put("OnnxExport.file", () -> folder.resolve("out.onnx"))
        .put("KerasFormat.file", () -> file("keras/mnist.keras"))
        .put("Dl4jFormat.file", () -> file("dl4j/lenet.zip"))
        .put("head: byte[]", () -> Files.readAllBytes(onnx))
        .put("OnnxExport.model", () -> new Linear(3, 2, Init.seeded(1)))
        .put("exampleShape: long[]", () -> new long[] {3})
        .put("exampleShapes: List<long[]>", () -> List.of(new long[] {3}))
        .put("OnnxFormat", OnnxFormat::new)
        .put("KerasFormat", KerasFormat::new)
        .put("Dl4jFormat", Dl4jFormat::new)
        .put("ModelFormat", OnnxFormat::new)
        .put("ModelFormat.file", () -> onnx)
        .put("inputShape: List<Long>", () -> List.of(-1L, 3L))
        .put("ImportedModel.notes", () -> List.of("note"))
        .put("unsupported: List<String>", () -> List.of("Loop"))
        .put("Throwable", () -> new IllegalStateException("why"))
        .put("Nodes", ImportSweepTest::nodes)
        .put("Nodes.add.inputs", () -> new String[] {Nodes.INPUT})
        .put("Nodes.build.output", () -> "relu")
        .put("GlobalMaxPool", GlobalMaxPool::new)
        .put("SameAvgPool", () -> new SameAvgPool(windows()))
        .put("PaddedAvgPool", () -> new PaddedAvgPool(windows(), List.of(0, 1), List.of(1, 0)))
        .put("PaddedAvgPool.before", () -> List.of(0, 1))
        .put("PaddedAvgPool.after", () -> List.of(1, 0))
        .put("PaddedAvgPool.lengths", () -> List.of(7, 8))
        .put("PaddedAvgPool.forward.x", images())
        .put("SamePad", () -> new SamePad(windows(), PaddingMode.ZEROS))
        .put("Overlay", () -> new Overlay(Detached.full(1, 4), Detached.zeros(4)))
        .put("Overlay.forward.x", images())
        .put("Flags.Relation", () -> Flags.Relation.LESS)
        .put("Comparison.constants", () -> List.of(Optional.empty(), one()))
        .put(
            "Comparison",
            () -> new Comparison(Flags.Relation.LESS, List.of(Optional.empty(), one())))
        .put("Comparison.forward.x", images())
        .put("Comparison.forward.inputs", () -> List.of(images().call()))
        .put("Choice.constants", () -> List.of(Optional.empty(), one(), one()))
        .put("Choice", () -> new Choice(List.of(Optional.empty(), one(), one())))
        .put("Choice.forward.x", images())
        .put("Choice.forward.inputs", () -> List.of(images().call()))
        .put("SlidingWindows", ImportSweepTest::windows)
        .put("SlidingWindows.size", () -> List.of(2, 2))
        .put("SlidingWindows.stride", () -> List.of(2, 1))
        .put("SlidingWindows.kernel", () -> List.of(2, 1))
        .put("SlidingWindows.dilation", () -> List.of(2, 1))
        .put("SlidingWindows.lengths", () -> List.of(7, 8))
        .put("SlidingWindows.padding.axis", () -> 1)
        .put("SlidingWindows.padding.length", () -> 5)
        .put("SamePad.mode", () -> PaddingMode.ZEROS)
        .put("StepRecurrent", ImportSweepTest::recurrent)
        .put("StepRecurrent.Cell", () -> StepRecurrent.Cell.LSTM)
        .put("StepRecurrent.forward.x", () -> Var.constant(Noise.seeded(1).normals(2, 4, 3)))
        .put("GlobalMaxPool.forward.x", images())
        .put("SameAvgPool.forward.x", images())
        .put("SamePad.forward.x", images());
  }

  private static Optional<INDArray> one() {
    return Optional.of(Detached.scalar(1));
  }

  private static StepRecurrent recurrent() {
    return new StepRecurrent(StepRecurrent.Cell.LSTM, 3, 2, Activation.TANH, Activation.SIGMOID);
  }

  private static Nodes nodes() {
    Nodes nodes = new Nodes();
    nodes.add("relu", Activation.RELU, Nodes.INPUT);
    return nodes;
  }
}
