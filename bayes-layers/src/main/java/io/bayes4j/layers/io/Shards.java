package io.bayes4j.layers.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The files of a model that is split into several, by the index that lies beside them: {@code
 * {"metadata": ..., "weight_map": {"name of a tensor": "name of a file", ...}}}.
 */
final class Shards {
  private static final String MAP = "weight_map";

  /** The longest index that is read; a million names have less. */
  private static final long MOST_BYTES = 1 << 27;

  /** A name, without a way out of the folder. */
  private static final Pattern NAME = Pattern.compile("[^/\\\\:\\p{Cntrl}]{1,255}");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private Shards() {}

  /**
   * Reads the index and all its files.
   *
   * @throws MalformedTensorFileException if the index or a file breaks a rule of its format, names
   *     something outside its folder, or one has a tensor that the other does not have there
   */
  static TorchFile.Content read(Path index) throws IOException {
    Origin origin = Origin.of(index);
    Map<String, String> places = places(index, origin);
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    for (String name : new LinkedHashSet<>(places.values())) {
      TorchFile.Content shard = shard(index.resolveSibling(name));
      for (Map.Entry<String, String> entry : shard.tensors().types().entrySet()) {
        if (!name.equals(places.get(entry.getKey()))) {
          throw origin.malformed(
              "must have the tensors of all files, but not "
                  + Origin.quote(entry.getKey())
                  + " of "
                  + Origin.quote(name));
        }
      }
      tensors.putAll(shard.tensors().tensors());
      types.putAll(shard.tensors().types());
      notes.addAll(shard.notes());
    }
    for (Map.Entry<String, String> place : places.entrySet()) {
      if (!types.containsKey(place.getKey())) {
        throw origin.malformed(
            "tensor "
                + Origin.quote(place.getKey())
                + " must be in "
                + Origin.quote(place.getValue()));
      }
    }
    return new TorchFile.Content(new TensorFile(tensors, types, Map.of()), notes);
  }

  private static TorchFile.Content shard(Path file) throws IOException {
    return Files.isRegularFile(file) && FileKind.of(file) == FileKind.PYTORCH
        ? TorchFile.read(file)
        : new TorchFile.Content(SafeTensors.read(file), List.of());
  }

  private static Map<String, String> places(Path index, Origin origin) throws IOException {
    if (Files.size(index) > MOST_BYTES) {
      throw new FileSystemException(
          index.toString(), null, "an index must have at most " + MOST_BYTES + " bytes");
    }
    try (JsonParser parser = JSON.createParser(index.toFile())) {
      Map<String, String> places = null;
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw origin.malformed("an index must be a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals(MAP)) {
          places = map(parser, origin);
        } else {
          parser.skipChildren();
        }
      }
      if (places == null) {
        throw origin.malformed("an index must have a \"" + MAP + "\"");
      }
      return places;
    } catch (JsonProcessingException e) {
      throw origin.malformed(
          "an index must be valid JSON: " + Origin.clean(e.getOriginalMessage()), e);
    }
  }

  private static Map<String, String> map(JsonParser parser, Origin origin) throws IOException {
    Map<String, String> places = new LinkedHashMap<>();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw origin.malformed("\"" + MAP + "\" must be a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String tensor = parser.currentName();
      boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
      String file = text ? parser.getText() : "";
      boolean beside = NAME.matcher(file).matches() && !file.equals(".") && !file.equals("..");
      if (!beside) {
        throw origin.malformed(
            "tensor "
                + Origin.quote(tensor)
                + " must be in a file of the same folder, is in "
                + Origin.quote(file));
      }
      places.put(tensor, file);
    }
    return places;
  }
}
