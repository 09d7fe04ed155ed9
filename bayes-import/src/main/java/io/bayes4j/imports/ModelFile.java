package io.bayes4j.imports;

import io.bayes4j.imports.dl4j.Dl4jFormat;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.ModelFormat;
import io.bayes4j.imports.keras.KerasFormat;
import io.bayes4j.imports.onnx.OnnxFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Networks that other libraries have trained, read from their files:
 *
 * <pre>{@code
 * ImportedModel imported = ModelFile.read(Path.of("model.onnx"));
 * Layer bayesian = DnnToBnn.convert(imported.model(), ConversionOptions.flipout()).model();
 * }</pre>
 */
public final class ModelFile {
  /** In the order in which they are asked whether a file is theirs. */
  private static final List<ModelFormat> FORMATS =
      List.of(new KerasFormat(), new Dl4jFormat(), new OnnxFormat());

  private ModelFile() {}

  /**
   * Reads a network from a file, whose content says which format it is, not its name.
   *
   * @throws io.bayes4j.imports.format.MalformedModelFileException if the file breaks the rules of
   *     its format, or a reader's limits of size and depth
   * @throws io.bayes4j.imports.format.UnsupportedModelException naming all operators or layers that
   *     there is nothing for here
   * @throws IllegalArgumentException if the file is of no known format
   * @throws IOException if the file cannot be read
   */
  public static ImportedModel read(Path file) throws IOException {
    ModelFormat.requireFile(file);
    byte[] head = head(file);
    for (ModelFormat format : FORMATS) {
      if (format.recognizes(head, file)) {
        return format.read(file);
      }
    }
    throw new IllegalArgumentException(
        "file must be of a known format ("
            + FORMATS.stream().map(ModelFormat::name).collect(Collectors.joining(", "))
            + "), got "
            + file
            + (holdsWeights(head)
                ? ", which holds weights without their network: TorchStateDict loads them into one"
                : ""));
  }

  /** Whether a file is one of PyTorch's, or of safetensors, as far as its first bytes tell. */
  private static boolean holdsWeights(byte... head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    boolean zip = text.startsWith("PK") && text.contains("/data.pkl");
    boolean pickle = text.startsWith("\u0080\u0002") || text.startsWith("\u0080\u0004");
    boolean safetensors = text.length() > Long.BYTES && text.startsWith("{\"", Long.BYTES);
    return zip || pickle || safetensors;
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(ModelFormat.HEAD);
    }
  }
}
