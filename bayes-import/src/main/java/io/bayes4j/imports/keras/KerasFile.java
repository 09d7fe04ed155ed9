package io.bayes4j.imports.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bayes4j.core.internal.FileBytes;
import io.bayes4j.core.internal.Zip64Record;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A Keras file taken apart: what the model is, who wrote it, and where its weights are. */
final class KerasFile implements AutoCloseable {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** The longest text that describes a model. */
  private static final int MOST_TEXT = 1 << 26;

  /** Weights do not shrink by more. */
  private static final int MOST_INFLATION = 32;

  private static final long SMALL = 1 << 20;

  private final HdfFile hdf;

  /** What the weights of an archive lie in; empty for a file that is HDF5 itself. */
  private final Optional<EntryBytes> entry;

  private final JsonNode config;
  private final String version;
  private final String backend;
  private final KerasWeights weights;

  private KerasFile(
      HdfFile hdf,
      KerasWeights weights,
      Optional<EntryBytes> entry,
      JsonNode config,
      String version,
      String backend) {
    this.hdf = hdf;
    this.weights = weights;
    this.entry = entry;
    this.config = config;
    this.version = version;
    this.backend = backend;
  }

  static KerasFile open(Path file) throws IOException {
    boolean zip;
    try (InputStream in = Files.newInputStream(file)) {
      zip = in.read() == 'P';
    }
    return zip ? openArchive(file) : openHdf(file);
  }

  private static KerasFile openHdf(Path file) throws IOException {
    HdfFile hdf = mapped(file);
    try {
      String model =
          text(hdf, "model_config")
              .orElseThrow(
                  () ->
                      malformed(
                          file,
                          "must hold a whole model, holds weights alone: in Python, save it with"
                              + " model.save"));
      Node weights = hdf.getChild("model_weights");
      if (!(weights instanceof Group group)) {
        throw malformed(file, "must have a group model_weights");
      }
      String version =
          text(hdf, "keras_version").or(() -> text(weights, "keras_version")).orElse("");
      Optional<String> said = text(hdf, "backend").or(() -> text(weights, "backend"));
      String backend = said.isPresent() ? said.get() : guessed(group);
      JsonNode config = parse(file, model);
      return new KerasFile(hdf, new LegacyWeights(hdf), Optional.empty(), config, version, backend);
    } catch (IOException | RuntimeException e) {
      hdf.close();
      throw e;
    }
  }

  private static String guessed(Group weights) throws MalformedModelFileException {
    return LegacyWeights.namedByTensorFlow(weights) ? "tensorflow" : "theano";
  }

  /**
   * HDF5 in memory: what a file declares is then a part of it or an error, where reading would
   * first make an array of the declared size.
   */
  private static HdfFile mapped(Path file) throws IOException {
    return HdfFile.fromByteBuffer(FileBytes.of(file));
  }

  private static KerasFile openArchive(Path file) throws IOException {
    Optional<String> broken = Zip64Record.brokenRule(file);
    if (broken.isPresent()) {
      throw malformed(file, broken.get());
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      JsonNode config = parse(file, text(zip, file, "config.json"));
      JsonNode metadata = parse(file, text(zip, file, "metadata.json"));
      String version = metadata.path("keras_version").asText("");
      return archive(EntryBytes.of(file, zip, weights(zip, file)), config, version);
    } catch (ZipException | EOFException e) {
      throw malformed(file, "must be a readable ZIP file: " + clean(String.valueOf(e)));
    }
  }

  private static KerasFile archive(EntryBytes entry, JsonNode config, String version)
      throws IOException {
    try {
      HdfFile hdf = HdfFile.fromByteBuffer(entry.bytes());
      return new KerasFile(hdf, new ArchiveWeights(hdf), Optional.of(entry), config, version, "");
    } catch (RuntimeException e) {
      entry.close();
      throw e;
    }
  }

  private static String text(ZipFile zip, Path file, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw malformed(file, "must have an entry " + name);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MOST_TEXT + 1);
      if (bytes.length > MOST_TEXT) {
        throw malformed(file, name + " must have at most " + MOST_TEXT + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static ZipEntry weights(ZipFile zip, Path file) throws IOException {
    ZipEntry entry = zip.getEntry("model.weights.h5");
    if (entry == null) {
      throw malformed(file, "must have an entry model.weights.h5");
    }
    long most = MOST_INFLATION * Files.size(file) + SMALL;
    if (entry.getSize() > most) {
      throw malformed(
          file,
          "model.weights.h5 must not be more than 32 times as long as the file, declares "
              + entry.getSize()
              + " bytes");
    }
    return entry;
  }

  private static JsonNode parse(Path file, String text) throws MalformedModelFileException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new MalformedModelFileException(
          file + ": the model must be described in valid JSON: " + clean(e.getOriginalMessage()),
          e);
    }
  }

  private static Optional<String> text(Node node, String name) {
    Attribute attribute = node.getAttribute(name);
    return attribute != null && attribute.getData() instanceof String text
        ? Optional.of(text)
        : Optional.empty();
  }

  private static MalformedModelFileException malformed(Path file, String rule) {
    return new MalformedModelFileException(file + ": " + rule);
  }

  /** Makes text from a file fit for a message. */
  static String clean(String text) {
    String shown = text.length() <= 300 ? text : text.substring(0, 300) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  JsonNode config() {
    return config;
  }

  KerasWeights weights() {
    return weights;
  }

  /** 1, 2 or 3; files of Keras before 1.1 do not say. */
  int generation() {
    return version.isEmpty() ? 1 : Math.max(1, version.charAt(0) - '0');
  }

  /** Whether the weights are of Theano, which turns kernels round before it multiplies. */
  boolean isTheano() {
    return backend.equals("theano");
  }

  /** Who wrote the file, as far as it says. */
  String producer() {
    String by = version.isEmpty() ? "Keras" : "Keras " + version;
    return clean(backend.isEmpty() ? by : String.format(Locale.US, "%s (%s)", by, backend));
  }

  @Override
  public void close() throws IOException {
    try {
      hdf.close();
    } finally {
      if (entry.isPresent()) {
        entry.get().close();
      }
    }
  }
}
