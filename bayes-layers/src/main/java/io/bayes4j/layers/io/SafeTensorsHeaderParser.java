package io.bayes4j.layers.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.bayes4j.layers.io.SafeTensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses the JSON of a safetensors header, and takes no key, type or number on trust. */
final class SafeTensorsHeaderParser {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // Names are used once: a table of them only gives hash collisions to attack.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(SafeTensorsHeader.MOST_BYTES)
                  .maxStringLength(SafeTensorsHeader.MOST_BYTES)
                  .build())
          .build();

  /** What may be the name of a type, known or not: that of bytes that can be left out. */
  private static final Pattern TYPE = Pattern.compile("[A-Z][A-Z0-9_]{0,31}");

  /** What JSON allows between its parts; the format's own reader lets it stand in front, too. */
  private static final String SPACES = " \t\r\n";

  private final Origin file;
  private final JsonParser parser;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafeTensorsHeaderParser(Origin file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static SafeTensorsHeader parse(Origin file, ByteBuffer bytes) throws IOException {
    CharBuffer text = decode(file, bytes);
    int first = 0;
    while (first < text.length() && SPACES.indexOf(text.charAt(first)) >= 0) {
      first++;
    }
    if (first == text.length() || text.charAt(first) != '{') {
      throw file.malformed("the header must start with '{'");
    }
    try (JsonParser parser = JSON.createParser(text.array(), text.position(), text.remaining())) {
      return new SafeTensorsHeaderParser(file, parser).header();
    } catch (JsonProcessingException e) {
      throw file.malformed(
          "the header must be valid JSON: " + Origin.clean(e.getOriginalMessage()), e);
    }
  }

  /** Decodes strictly, ahead of the JSON parser, which would guess at other encodings. */
  private static CharBuffer decode(Origin file, ByteBuffer bytes)
      throws MalformedTensorFileException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes);
    } catch (CharacterCodingException e) {
      throw file.malformed("the header must be valid UTF-8", e);
    }
  }

  private SafeTensorsHeader header() throws IOException {
    require(file, JsonToken.START_OBJECT, "the header must be a JSON object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = text(parser.currentName());
      if (name.equals(SafeTensorsHeader.METADATA_KEY)) {
        readMetadata();
      } else {
        entries.put(name, entry(name));
      }
    }
    if (parser.nextToken() != null) {
      throw file.malformed("the header must hold one JSON object and then only spaces");
    }
    return new SafeTensorsHeader(entries, metadata);
  }

  private void readMetadata() throws IOException {
    String rule = SafeTensorsHeader.METADATA_KEY + " must map text to text";
    JsonToken begin = parser.nextToken();
    if (begin == JsonToken.VALUE_NULL) {
      return;
    }
    if (begin != JsonToken.START_OBJECT) {
      throw file.malformed(rule);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = text(parser.currentName());
      require(file, JsonToken.VALUE_STRING, rule);
      metadata.put(key, text(parser.getText()));
    }
  }

  private Entry entry(String name) throws IOException {
    Origin origin = file.tensor(name);
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    require(origin, JsonToken.START_OBJECT, "must be described by a JSON object");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      switch (parser.currentName()) {
        case SafeTensorsHeader.TYPE_KEY -> type = type(origin);
        case SafeTensorsHeader.SHAPE_KEY -> shape = numbers(origin, StoredTensor.MOST_AXES);
        case SafeTensorsHeader.OFFSETS_KEY -> offsets = numbers(origin, 2);
        default -> {
          // What the format does not know says nothing about the tensor.
          parser.nextToken();
          parser.skipChildren();
        }
      }
    }
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw origin.malformed("must have a dtype, a shape and two data_offsets");
    }
    Optional<StoredType> known = StoredType.named(type);
    StoredType array = known.orElse(StoredType.U8);
    StoredTensor tensor = StoredTensor.of(origin, array, shape, 'c');
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin < 0 || end < begin) {
      throw origin.malformed(
          "data_offsets must not be negative and must ascend, are " + begin + ", " + end);
    }
    if (known.isPresent()) {
      requireSpan(tensor, begin, end);
    }
    return new Entry(name, origin, type, known.isPresent() ? tensor : null, begin, end);
  }

  private static void requireSpan(StoredTensor tensor, long begin, long end)
      throws MalformedTensorFileException {
    if (end - begin != tensor.byteLength()) {
      throw tensor
          .origin()
          .malformed(
              String.format(
                  Locale.US,
                  "data_offsets must span the %d bytes of %s%s, span %d",
                  tensor.byteLength(),
                  tensor.type(),
                  tensor.shape(),
                  end - begin));
    }
  }

  private String type(Origin origin) throws IOException {
    require(origin, JsonToken.VALUE_STRING, "dtype must be a string");
    String type = parser.getText();
    if (!TYPE.matcher(type).matches()) {
      throw origin.malformed(
          "dtype must be a name such as those of "
              + List.of(StoredType.values())
              + ", is "
              + Origin.quote(type));
    }
    return type;
  }

  private List<Long> numbers(Origin origin, int most) throws IOException {
    String rule =
        String.format(
            Locale.US, "%s must be a list of at most %d whole numbers", parser.currentName(), most);
    require(origin, JsonToken.START_ARRAY, rule);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || numbers.size() == most) {
        throw origin.malformed(rule + " below 2^63");
      }
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  /** Returns text that is Unicode: an escape such as \\ud800 alone could never be written back. */
  private String text(String text) throws MalformedTensorFileException {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw file.malformed("the header's text must have no lone surrogates: " + Origin.quote(text));
    }
    return text;
  }

  private void require(Origin origin, JsonToken expected, String rule) throws IOException {
    if (parser.nextToken() != expected) {
      throw origin.malformed(rule);
    }
  }
}
