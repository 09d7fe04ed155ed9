package io.bayes4j.examples.programs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.examples.TextFile;
import io.bayes4j.examples.data.MalformedDataException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What rows of a study got on each set, and a file of it: one JSON object a line for each row and
 * set, all lines of a row written at once.
 */
final class StudyRecords {
  static final String CLEAN = "clean";

  private static final JsonFactory JSON = new JsonFactory();

  /** By settings and row, then set, then measure. */
  private final Map<String, Map<String, Map<String, Double>>> rows = new LinkedHashMap<>();

  private final Path file;
  private final String settings;

  private StudyRecords(Path file, String settings) {
    this.file = file;
    this.settings = settings;
  }

  /** What a file holds, or nothing; rows made with other settings are kept, and not used. */
  static StudyRecords read(Path file, String settings) throws IOException {
    StudyRecords records = new StudyRecords(file, settings);
    if (!Files.notExists(file)) {
      for (String line : Files.readAllLines(file)) {
        records.parse(line);
      }
    }
    return records;
  }

  private void parse(String line) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    Map<String, Double> numbers = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
          words.put(json.currentName(), json.getText());
        } else if (json.currentToken().isNumeric()) {
          numbers.put(json.currentName(), json.getDoubleValue());
        }
      }
    } catch (JsonParseException e) {
      throw new IOException(file + ": must be lines of JSON, got " + line, e);
    }
    MalformedDataException.require(
        words.keySet().containsAll(List.of("settings", "row", "set")),
        file,
        "must name settings, row and set in each line, got %s",
        line);
    String key =
        key(
            Objects.requireNonNull(words.get("settings")),
            Objects.requireNonNull(words.get("row")));
    rows.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(words.get("set"), numbers);
  }

  private static String key(String settings, String row) {
    return settings + "\n" + row;
  }

  boolean has(String row) {
    return rows.containsKey(key(settings, row));
  }

  /** By set, then measure. */
  Map<String, Map<String, Double>> of(String row) {
    return rows.getOrDefault(key(settings, row), Map.of());
  }

  /** Adds a row and writes the file. */
  void add(String row, Map<String, Map<String, Double>> sets) throws IOException {
    rows.put(key(settings, row), sets);
    StringWriter text = new StringWriter();
    for (Map.Entry<String, Map<String, Map<String, Double>>> entry : rows.entrySet()) {
      String[] words = entry.getKey().split("\n", 2);
      for (Map.Entry<String, Map<String, Double>> set : entry.getValue().entrySet()) {
        try (JsonGenerator json = JSON.createGenerator(text)) {
          json.writeStartObject();
          json.writeStringField("settings", words[0]);
          json.writeStringField("row", words[1]);
          json.writeStringField("set", set.getKey());
          for (Map.Entry<String, Double> number : set.getValue().entrySet()) {
            json.writeNumberField(number.getKey(), number.getValue());
          }
          json.writeEndObject();
        }
        text.append('\n');
      }
    }
    TextFile.write(file, text.toString());
  }

  static String set(Corruption kind, int severity) {
    return kind.name().toLowerCase(Locale.ROOT) + " " + severity;
  }

  /** A measure under every corruption, at one severity or, with 0, at all. */
  double[] shifted(String row, String measure, int severity) {
    List<Double> all = new ArrayList<>();
    for (Corruption kind : Corruption.common()) {
      for (int own = 1; own <= Corruption.SEVERITIES; own++) {
        if (severity == 0 || severity == own) {
          all.add(number(row, set(kind, own), measure));
        }
      }
    }
    return all.stream().mapToDouble(Double::doubleValue).toArray();
  }

  double number(String row, String set, String measure) {
    Double number = of(row).getOrDefault(set, Map.of()).get(measure);
    if (number == null) {
      throw new IllegalStateException(
          file + ": row " + row + " must have a number for " + measure + " on " + set);
    }
    return number;
  }

  double clean(String row, String measure) {
    return number(row, CLEAN, measure);
  }
}
