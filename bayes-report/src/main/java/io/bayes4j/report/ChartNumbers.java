package io.bayes4j.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The numbers behind the charts as JSON; the names of the fields are those that report.js reads.
 */
final class ChartNumbers {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private ChartNumbers() {}

  /**
   * Returns JSON that may stand in a script element: it holds no angle bracket and no ampersand,
   * which JSON knows only inside strings, and nothing beyond ASCII.
   *
   * @param noun what the examples are called, such as "digits"
   */
  static String of(List<Chart> charts, Optional<Strips> strips, String noun) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("noun", noun);
      json.writeArrayFieldStart("charts");
      for (Chart chart : charts) {
        write(json, chart);
      }
      json.writeEndArray();
      if (strips.isPresent()) {
        write(json, strips.get());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the numbers of the charts as JSON", e);
    }
    return text.toString().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static void write(JsonGenerator json, Chart chart) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", chart.id());
    write(json, "x", chart.x());
    write(json, "y", chart.y());
    json.writeArrayFieldStart("series");
    for (Series series : chart.series()) {
      json.writeStartObject();
      json.writeStringField("label", series.label());
      json.writeStringField("style", name(series.style()));
      json.writeStringField("hue", series.hue());
      json.writeArrayFieldStart("points");
      for (double[] point : series.points()) {
        json.writeStartArray();
        for (double number : point) {
          write(json, number);
        }
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, String field, Axis axis) throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("title", axis.title());
    json.writeBooleanField("share", axis.share());
    json.writeBooleanField("zero", axis.zero());
    json.writeFieldName("min");
    write(json, axis.min());
    json.writeFieldName("max");
    write(json, axis.max());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Strips strips) throws IOException {
    json.writeObjectFieldStart("strips");
    json.writeFieldName("threshold");
    write(json, strips.threshold());
    json.writeArrayFieldStart("edges");
    for (double edge : strips.edges()) {
      write(json, edge);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("sets");
    for (Strips.Strip set : strips.sets()) {
      json.writeStartObject();
      json.writeStringField("name", set.name());
      json.writeStringField("kind", name(set.kind()));
      json.writeArrayFieldStart("counts");
      for (long count : set.counts()) {
        json.writeNumber(count);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Seven digits are more than a chart shows; JSON has no number for what is not finite. */
  private static void write(JsonGenerator json, double number) throws IOException {
    if (Float.isFinite((float) number)) {
      json.writeNumber((float) number);
    } else {
      json.writeNull();
    }
  }
}
