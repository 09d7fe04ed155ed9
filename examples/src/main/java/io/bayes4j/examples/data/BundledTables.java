package io.bayes4j.examples.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The small tables that come with the program; the README.md beside them says what they are. */
public final class BundledTables {
  /** Weekly CO2 on Mauna Loa, 1958 to 2001. */
  static final String CO2 = "co2.csv";

  /** Cell nuclei of breast tumours, 569 of them. */
  static final String BREAST_CANCER = "breast_cancer.csv";

  private BundledTables() {}

  /**
   * Weekly means of CO2.
   *
   * @param years when, as a decimal number
   * @param ppm how much, in parts per million
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Co2(double[] years, double[] ppm) {}

  /**
   * Tumours as tables of measures.
   *
   * @param measures thirty of each tumour
   * @param labels 0 malignant, 1 benign
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Tumours(float[][] measures, int[] labels) {}

  /** The weeks that were measured, in their order. */
  public static Co2 co2() throws IOException {
    List<double[]> weeks = new ArrayList<>();
    for (String line : lines(CO2).subList(1, lines(CO2).size())) {
      String[] fields = line.split(",", -1);
      MalformedDataException.require(
          fields.length == 2 && fields[0].length() == 8, CO2, "must have dates, got %s", line);
      if (!fields[1].isEmpty()) {
        int date = (int) number(CO2, fields[0]);
        int calendar = date / 10_000;
        double year = calendar + ((date / 100 % 100 - 1) + (date % 100 - 1) / 31.0) / 12;
        weeks.add(new double[] {year, number(CO2, fields[1])});
      }
    }
    return new Co2(
        weeks.stream().mapToDouble(week -> week[0]).toArray(),
        weeks.stream().mapToDouble(week -> week[1]).toArray());
  }

  /** The tumours, in the file's order. */
  public static Tumours tumours() throws IOException {
    List<String> lines = lines(BREAST_CANCER);
    float[][] measures = new float[lines.size() - 1][];
    int[] labels = new int[measures.length];
    for (int i = 0; i < measures.length; i++) {
      String[] fields = lines.get(i + 1).split(",", -1);
      measures[i] = new float[fields.length - 1];
      for (int k = 0; k < measures[i].length; k++) {
        measures[i][k] = (float) number(BREAST_CANCER, fields[k]);
      }
      labels[i] = (int) number(BREAST_CANCER, fields[fields.length - 1]);
    }
    return new Tumours(measures, labels);
  }

  private static double number(String file, String field) throws MalformedDataException {
    try {
      return Double.parseDouble(field);
    } catch (NumberFormatException e) {
      throw new MalformedDataException(file, "must hold numbers, got \"" + field + "\"", e);
    }
  }

  private static List<String> lines(String name) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(Bundled.open(name), StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    }
  }
}
