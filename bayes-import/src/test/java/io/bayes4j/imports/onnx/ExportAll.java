package io.bayes4j.imports.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.SmallZoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes every model of the test resources again, and every kind of network of the zoo with what it
 * computes, for {@code src/test/python/onnx_check.py}, which runs them in ONNX Runtime: {@code
 * ExportAll FOLDER}.
 */
final class ExportAll {
  private ExportAll() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (OnnxCase file : OnnxExportTest.files()) {
      Path to = folder.resolve(file.file().getFileName());
      OnnxExport.mean(ModelFile.read(file.file()).model(), to, OnnxExportTest.example(file));
    }
    for (String name : SmallZoo.names().toList()) {
      Layer model = SmallZoo.make(name, LayerFactory.deterministic(Init.seeded(1)));
      long[] example = SmallZoo.exampleShape(name);
      long[] shape = LongStream.concat(LongStream.of(2), LongStream.of(example)).toArray();
      INDArray x = Samples.normals(3, shape);
      OnnxExportTest.stir(model, x);
      OnnxExport.mean(model, folder.resolve("zoo-" + name + ".onnx"), example);
      Map<String, Object> numbers = Map.of("x", of(x), "y", of(OnnxCase.run(model, x)));
      new ObjectMapper().writeValue(folder.resolve("zoo-" + name + ".json").toFile(), numbers);
    }
  }

  private static Map<String, Object> of(INDArray array) {
    return Map.of("shape", array.shape(), "data", array.dup('c').data().asFloat());
  }
}
