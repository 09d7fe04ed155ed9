package io.bayes4j.examples.programs;

import io.bayes4j.examples.Numbers;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.report.Pictures;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Digits as rows of numbers, and as pictures. */
final class DigitTensors {
  private static final float BRIGHTEST = 255f;

  private DigitTensors() {}

  /** [N, pixels], from 0 to 1. */
  static INDArray flat(ImageSet digits) {
    int area = digits.height() * digits.width();
    float[] rows = new float[digits.size() * area];
    for (int i = 0; i < digits.size(); i++) {
      byte[] pixels = digits.pixels(i);
      for (int k = 0; k < area; k++) {
        rows[i * area + k] = (pixels[k] & 0xff) / BRIGHTEST;
      }
    }
    return Numbers.array(rows, digits.size(), area);
  }

  /** [N, pixels], normalized. */
  static INDArray normalized(ImageSet digits, Normalization scale) {
    float[] rows = digits.normalized(0, digits.size(), scale);
    return Numbers.array(rows, digits.size(), rows.length / digits.size());
  }

  /** Some rows of an array [N, D]. */
  static INDArray rows(INDArray all, List<Integer> indices) {
    int width = (int) all.size(1);
    float[] rows = new float[indices.size() * width];
    for (int i = 0; i < indices.size(); i++) {
      float[] row = Numbers.floats(all.getRow(indices.get(i)));
      System.arraycopy(row, 0, rows, i * width, width);
    }
    return Numbers.array(rows, indices.size(), width);
  }

  static Pictures pictures(ImageSet digits) {
    byte[] pixels = new byte[digits.size() * digits.height() * digits.width()];
    for (int i = 0; i < digits.size(); i++) {
      byte[] one = digits.pixels(i);
      System.arraycopy(one, 0, pixels, i * one.length, one.length);
    }
    return Pictures.of(pixels, 1, digits.height(), digits.width());
  }
}
