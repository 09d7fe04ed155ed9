package io.bayes4j.imports.onnx;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model file of the test resources, with an input and what the original library made of it. */
record OnnxCase(Path file, INDArray x, INDArray y) {
  /** All files whose reference is NAME.json, where NAME is what the file's name begins with. */
  static List<OnnxCase> all() {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> file.toString().endsWith(".onnx"))
          .sorted()
          .map(OnnxCase::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder() {
    try {
      return Path.of(OnnxCase.class.getResource("mlp.json").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static OnnxCase of(Path file) {
    String name = file.getFileName().toString().replaceAll("(-old|-new)?\\.onnx$", "");
    try (InputStream in = OnnxCase.class.getResourceAsStream(name + ".json")) {
      JsonNode node = new ObjectMapper().readTree(in);
      return new OnnxCase(file, tensor(node.get("x")), tensor(node.get("y")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static OnnxCase named(String file) {
    return of(folder().resolve(file));
  }

  private static INDArray tensor(JsonNode node) {
    return Samples.array(
        StreamSupport.stream(node.get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray(),
        StreamSupport.stream(node.get("data").spliterator(), false)
            .mapToDouble(JsonNode::asDouble)
            .toArray());
  }

  /** What a network makes of the input at its means. */
  INDArray run(Layer model) {
    return run(model, x);
  }

  static INDArray run(Layer model, INDArray x) {
    return Gradients.off(() -> Pass.mean().run(model, Var.constant(x)).value().dup('c'));
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
