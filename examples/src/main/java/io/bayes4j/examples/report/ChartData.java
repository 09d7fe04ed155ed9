package io.bayes4j.examples.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The numbers behind the charts; the names of the fields are those that report.js reads.
 *
 * @param history the epochs
 * @param reliability the bins that hold digits, with how far chance alone may move them
 * @param riskCoverage the curve by entropy
 * @param histograms the entropies
 * @param rule the rule, to mark it in the charts
 */
record ChartData(
    List<DigitReport.Epoch> history,
    List<ReliabilityPoint> reliability,
    List<DigitReport.RiskCoveragePoint> riskCoverage,
    EntropyHistograms histograms,
    DigitReport.RefusalRule rule) {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new FiniteOrNull())
                  .addSerializer(Double.TYPE, new FiniteOrNull()))
          .build();

  static ChartData of(DigitReport report) {
    return new ChartData(
        report.history(),
        report.reliability().stream()
            .filter(bin -> bin.count() > 0)
            .map(ReliabilityPoint::of)
            .toList(),
        report.riskCoverage(),
        report.histograms(),
        report.rule());
  }

  /**
   * Returns JSON that may stand in a script element: it holds no angle bracket and no ampersand,
   * which JSON knows only inside strings, and nothing beyond ASCII.
   */
  String toJson() {
    try {
      return MAPPER
          .writeValueAsString(this)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write the numbers of the charts as JSON", e);
    }
  }

  /**
   * A bin of the reliability chart.
   *
   * @param bin the bin
   * @param lowest lower end of the 95 % interval of its accuracy
   * @param highest upper end of it
   */
  record ReliabilityPoint(DigitReport.ReliabilityBin bin, double lowest, double highest) {
    /** The 97.5 % quantile of the normal distribution. */
    private static final double Z = 1.959964;

    /**
     * Adds the score interval, which holds for small counts too: Wilson, Probable inference, the
     * law of succession, and statistical inference, JASA 22 (1927).
     */
    static ReliabilityPoint of(DigitReport.ReliabilityBin bin) {
      double n = bin.count();
      double p = bin.accuracy();
      double centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
      double half = Z / (1 + Z * Z / n) * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
      return new ReliabilityPoint(bin, Math.max(0, centre - half), Math.min(1, centre + half));
    }
  }

  /** Writes null for what JSON has no number for. */
  private static final class FiniteOrNull extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
