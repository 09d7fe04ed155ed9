package io.bayes4j.core.corruption;

import java.util.Arrays;

/** Drops of water or mud on the lens. */
final class Spatter {
  private static final double[] WATER = {175 / 255.0, 238 / 255.0, 238 / 255.0};
  private static final double[] MUD = {63 / 255.0, 42 / 255.0, 20 / 255.0};
  private static final double[][] EMBOSS = {{-2, -1, 0}, {-1, 1, 1}, {0, 1, 2}};
  private static final double[][] MEAN = {
    {1 / 9.0, 1 / 9.0, 1 / 9.0}, {1 / 9.0, 1 / 9.0, 1 / 9.0}, {1 / 9.0, 1 / 9.0, 1 / 9.0}
  };

  /** Steps to neighbours and their lengths, OpenCV's mask of 5 x 5. */
  private static final int[][] STEPS = {
    {0, 1}, {1, 0}, {1, 1}, {1, -1}, {1, 2}, {1, -2}, {2, 1}, {2, -1}
  };

  private static final double[] LENGTHS = {1, 1, 1.4, 1.4, 2.1969, 2.1969, 2.1969, 2.1969};
  private static final double FARTHEST = 20;

  private Spatter() {}

  /**
   * Spatters a picture.
   *
   * @param c mean and deviation of the liquid, its blur, the limit below which there is none, its
   *     strength (of mud the blur), and 0 for water or 1 for mud
   */
  static Picture on(Picture picture, double[] c, Dice dice) {
    int size = picture.size();
    double[] random = new double[size * size];
    for (int i = 0; i < random.length; i++) {
      random[i] = c[0] + c[1] * dice.normal();
    }
    double[] smooth = Filters.gaussian(random, size, c[2], 4, Filters.Edge.NEAREST);
    double[] liquid = Picture.map(smooth, v -> v < c[3] ? 0 : v);
    return c[5] == 0 ? water(picture, liquid, c[4]) : mud(picture, liquid, c[3], c[4]);
  }

  private static Picture mud(Picture picture, double[] liquid, double limit, double blur) {
    double[] drops = Picture.map(liquid, v -> v > limit ? 1 : 0);
    double[] soft = Filters.gaussian(drops, picture.size(), blur, 4, Filters.Edge.NEAREST);
    double[] mask = Picture.map(soft, v -> v < 0.8 ? 0 : v);
    return blended(picture, mask, MUD, true);
  }

  private static Picture water(Picture picture, double[] liquid, double strength) {
    int size = picture.size();
    double[] bytes = Picture.map(liquid, v -> (int) (v * 255) & 255);
    double[] distance = distances(Canny.edges(bytes, size), size);
    double[] blurred = Filters.correlate(distance, size, MEAN, Filters.Edge.REFLECT_101);
    double[] equal = equalized(Picture.map(blurred, v -> Math.floor(v + 1e-6)));
    double[] embossed = Filters.correlate(equal, size, EMBOSS, Filters.Edge.REFLECT_101);
    double[] saturated = Picture.map(embossed, v -> Math.max(0, Math.min(255, v)));
    double[] light = Filters.correlate(saturated, size, MEAN, Filters.Edge.REFLECT_101);
    double[] mask = new double[light.length];
    double greatest = 0;
    for (int i = 0; i < mask.length; i++) {
      mask[i] = bytes[i] * Math.rint(light[i]);
      greatest = Math.max(greatest, mask[i]);
    }
    double scale = greatest == 0 ? 0 : strength / greatest;
    return blended(picture, Picture.map(mask, v -> v * scale), WATER, false);
  }

  /** A colour as strong as a mask says, added, or in the picture's place. */
  private static Picture blended(Picture picture, double[] mask, double[] colour, boolean opaque) {
    double[][] planes = new double[3][mask.length];
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < mask.length; i++) {
        double behind = picture.planes()[k][i] * (opaque ? 1 - mask[i] : 1);
        planes[k][i] = behind + mask[i] * colour[k];
      }
    }
    return new Picture(planes, picture.size());
  }

  /** How far the nearest edge is, at most so far. */
  private static double[] distances(boolean[] edges, int size) {
    double[] distance = new double[edges.length];
    for (int i = 0; i < edges.length; i++) {
      distance[i] = edges[i] ? 0 : Double.POSITIVE_INFINITY;
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < distance.length; i++) {
        changed |= shortened(distance, size, i);
      }
    }
    return Picture.map(distance, d -> Math.min(FARTHEST, d));
  }

  private static boolean shortened(double[] distance, int size, int place) {
    double before = distance[place];
    for (int step = 0; step < STEPS.length; step++) {
      for (int sign = -1; sign <= 1; sign += 2) {
        int y = place / size + sign * STEPS[step][0];
        int x = place % size + sign * STEPS[step][1];
        if (y >= 0 && y < size && x >= 0 && x < size) {
          distance[place] = Math.min(distance[place], distance[y * size + x] + LENGTHS[step]);
        }
      }
    }
    return distance[place] < before;
  }

  /** Bytes spread over the whole range, as OpenCV's equalizeHist. */
  private static double[] equalized(double... bytes) {
    int[] count = new int[256];
    for (double value : bytes) {
      count[(int) value]++;
    }
    int first = 0;
    while (count[first] == 0) {
      first++;
    }
    double[] table = new double[256];
    if (count[first] == bytes.length) {
      Arrays.fill(table, first);
    } else {
      double scale = 255.0 / (bytes.length - count[first]);
      int sum = 0;
      for (int level = first + 1; level < table.length; level++) {
        sum += count[level];
        table[level] = Math.rint(sum * scale);
      }
    }
    return Picture.map(bytes, v -> table[(int) v]);
  }
}
