package io.bayes4j.core.corruption;

/** Noise of pixels, their shuffling, and changes of colour. */
final class Noises {
  private Noises() {}

  /** Salt and pepper. */
  static Picture impulse(Picture picture, double share, Dice dice) {
    // First which, then what, as scikit-image draws them.
    int numbers = 3 * picture.size() * picture.size();
    boolean[] hit = new boolean[numbers];
    for (int i = 0; i < numbers; i++) {
      hit[i] = dice.uniform() <= share;
    }
    int[] at = {0};
    return picture.each(
        x -> {
          double white = dice.uniform() < 0.5 ? 1 : 0;
          return hit[at[0]++] ? white : x;
        });
  }

  /** How many of rare events came, whose mean number is given, by one uniform. */
  static double poisson(double mean, Dice dice) {
    // Two draws, since one has but 24 bits.
    double uniform = dice.uniform() + dice.uniform() * 0x1p-24;
    double probability = Math.exp(-mean);
    double sum = probability;
    int count = 0;
    while (uniform >= sum && count < 20 * (mean + 10)) {
      count++;
      probability *= mean / count;
      sum += probability;
    }
    return count;
  }

  /**
   * Pixels in the places of neighbours. The published code means to swap two pixels, and by the way
   * NumPy assigns copies one to the other: so does this.
   */
  static Picture glass(Picture picture, double sigma, int reach, int times, Dice dice) {
    int size = picture.size();
    Picture shuffled =
        picture
            .planes(p -> Filters.gaussian(p, size, sigma, 4, Filters.Edge.NEAREST))
            .each(x -> Math.floor(x * 255 + 1e-9) / 255);
    for (int i = 0; i < times; i++) {
      for (int y = size - reach; y > reach; y--) {
        for (int x = size - reach; x > reach; x--) {
          int right = dice.whole(-reach, reach);
          int down = dice.whole(-reach, reach);
          for (double[] plane : shuffled.planes()) {
            plane[y * size + x] = plane[(y + down) * size + x + right];
          }
        }
      }
    }
    return shuffled.planes(p -> Filters.gaussian(p, size, sigma, 4, Filters.Edge.NEAREST));
  }

  /** More of the value of hue, saturation and value. */
  static void brighten(double[] rgb, double amount) {
    double value = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
    double brighter = Math.max(0, Math.min(1, value + amount));
    for (int c = 0; c < 3; c++) {
      rgb[c] = value == 0 ? brighter : rgb[c] * brighter / value;
    }
  }

  /** Another saturation; what has no hue is red, as scikit-image has it. */
  static void saturate(double[] rgb, double factor, double more) {
    double value = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
    double least = Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
    double saturation = value == 0 ? 0 : (value - least) / value;
    double changed = Math.max(0, Math.min(1, saturation * factor + more));
    for (int c = 0; c < 3; c++) {
      double distance = saturation == 0 ? (c == 0 ? 0 : value) : (value - rgb[c]) / saturation;
      rgb[c] = value - distance * changed;
    }
  }

  static double[] contrast(double[] plane, double factor) {
    double mean = 0;
    for (double value : plane) {
      mean += value / plane.length;
    }
    double middle = mean;
    return Picture.map(plane, x -> (x - middle) * factor + middle);
  }

  /** The mean of a plane and enlargements of it. */
  static double[] zoomed(double[] plane, int size, int count) {
    // NumPy's arange takes the difference of its two first numbers for the step.
    double step = 1.01 - 1;
    double[] sum = plane.clone();
    for (int i = 0; i < count; i++) {
      double[] larger = i == 0 ? plane : Resampling.zoomed(plane, size, 1 + i * step);
      for (int j = 0; j < sum.length; j++) {
        sum[j] += larger[j];
      }
    }
    return Picture.map(sum, v -> v / (count + 1));
  }
}
