package io.bayes4j.imports.onnx;

import io.bayes4j.imports.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes every model of the test resources again, for {@code src/test/python/onnx_check.py}, which
 * runs them in ONNX Runtime: {@code ExportAll FOLDER}.
 */
final class ExportAll {
  private ExportAll() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (OnnxCase file : OnnxCase.all()) {
      Path to = folder.resolve(file.file().getFileName());
      OnnxExport.mean(ModelFile.read(file.file()).model(), to, OnnxExportTest.example(file));
    }
  }
}
