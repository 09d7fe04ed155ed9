package io.bayes4j.core.corruption;

/** Fog, snow and frost. */
final class Weather {
  private static final double FIRST_WIBBLE = 100;

  /** How many crystals of ice there are along a side. */
  private static final int CRYSTALS = 6;

  /** Mean and deviation of red, green and blue over the published photographs of frost. */
  private static final double[][] FROST = {{0.57, 0.11}, {0.65, 0.1}, {0.7, 0.1}};

  private Weather() {}

  static Picture fog(Picture picture, double amount, double decay, Dice dice) {
    int size = picture.size();
    double[] fractal = plasma(Math.max(32, power(size)), decay, dice);
    int width = (int) Math.sqrt(fractal.length);
    double[] layer = new double[size * size];
    for (int i = 0; i < layer.length; i++) {
      layer[i] = amount * fractal[i / size * width + i % size];
    }
    double greatest = 0;
    for (double[] plane : picture.planes()) {
      for (double value : plane) {
        greatest = Math.max(greatest, value);
      }
    }
    double white = greatest;
    return picture.with(layer, (x, fog) -> (x + fog) * white / (white + amount));
  }

  private static int power(int size) {
    int power = 1;
    while (power < size) {
      power *= 2;
    }
    return power;
  }

  /** Heights by the diamond-square algorithm, 0 to 1. */
  static double[] plasma(int size, double decay, Dice dice) {
    double[] map = new double[size * size];
    double wibble = FIRST_WIBBLE;
    for (int step = size; step >= 2; step /= 2) {
      int half = step / 2;
      for (int y = 0; y < size; y += step) {
        for (int x = 0; x < size; x += step) {
          double sum = 0;
          for (int corner = 0; corner < 4; corner++) {
            sum += map[(y + corner / 2 * step) % size * size + (x + corner % 2 * step) % size];
          }
          map[(y + half) * size + x + half] = wibbled(sum, wibble, dice);
        }
      }
      diamonds(map, size, step, wibble, dice, 0);
      diamonds(map, size, step, wibble, dice, half);
      wibble /= decay;
    }
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (double height : map) {
      least = Math.min(least, height);
      greatest = Math.max(greatest, height);
    }
    double lowest = least;
    double range = greatest - least;
    return Picture.map(map, height -> range == 0 ? 0 : (height - lowest) / range);
  }

  /** Fills the middles of the sides: upper ones if down is 0, left ones if it is half a step. */
  private static void diamonds(
      double[] map, int size, int step, double wibble, Dice dice, int down) {
    int half = step / 2;
    int right = half - down;
    for (int y = down; y < size; y += step) {
      for (int x = right; x < size; x += step) {
        double sum =
            map[(y + half) % size * size + x]
                + map[(y - half + size) % size * size + x]
                + map[y * size + (x + half) % size]
                + map[y * size + (x - half + size) % size];
        map[y * size + x] = wibbled(sum, wibble, dice);
      }
    }
  }

  private static double wibbled(double sum, double wibble, Dice dice) {
    return sum / 4 + wibble * dice.between(-wibble, wibble);
  }

  /**
   * Flakes that fall.
   *
   * @param c mean and deviation of the flakes, how much they are enlarged, the limit below which
   *     there is none, radius and sigma of their fall, and how much of the colours is left
   */
  static Picture snow(Picture picture, double[] c, Dice dice) {
    int size = picture.size();
    double[] layer = new double[size * size];
    for (int i = 0; i < layer.length; i++) {
      layer[i] = c[0] + c[1] * dice.normal();
    }
    layer =
        Picture.map(
            Resampling.zoomed(layer, size, c[2]),
            v -> Math.floor(255 * Math.max(0, Math.min(1, v < c[3] ? 0 : v))) / 255);
    double[] fallen = Filters.motion(layer, size, (int) c[4], c[5], dice.between(-135, -45));
    double[] both = new double[fallen.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = fallen[i] + fallen[both.length - 1 - i];
    }
    return picture
        .pixels(
            rgb -> {
              double gray = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
              for (int k = 0; k < rgb.length; k++) {
                rgb[k] = c[6] * rgb[k] + (1 - c[6]) * Math.max(rgb[k], gray * 1.5 + 0.5);
              }
            })
        .with(both, Double::sum);
  }

  /** A share of the picture and one of a texture of ice. */
  static Picture frost(Picture picture, double ofPicture, double ofIce, Dice dice) {
    double[] ice = ice(picture.size(), dice);
    double[][] planes = new double[3][ice.length];
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < ice.length; i++) {
        double frost = Math.max(0, Math.min(1, FROST[k][0] + FROST[k][1] * ice[i]));
        planes[k][i] = ofPicture * picture.planes()[k][i] + ofIce * frost;
      }
    }
    return new Picture(planes, picture.size());
  }

  /** Edges between random crystals, with mean 0 and deviation 1. */
  private static double[] ice(int size, Dice dice) {
    double[] seeds = new double[2 * CRYSTALS * CRYSTALS];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = dice.uniform() * size;
    }
    double[] ice = new double[size * size];
    double mean = 0;
    double square = 0;
    for (int i = 0; i < ice.length; i++) {
      int x = i % size;
      int y = i / size;
      double nearest = Double.POSITIVE_INFINITY;
      double next = Double.POSITIVE_INFINITY;
      for (int j = 0; j < seeds.length; j += 2) {
        double distance = Math.hypot(x - seeds[j], y - seeds[j + 1]);
        next = Math.min(next, Math.max(distance, nearest));
        nearest = Math.min(nearest, distance);
      }
      ice[i] = Math.exp(nearest - next) + 0.3 * dice.normal();
      mean += ice[i] / ice.length;
      square += ice[i] * ice[i] / ice.length;
    }
    double centre = mean;
    double deviation = Math.sqrt(square - mean * mean);
    return Picture.map(ice, v -> (v - centre) / deviation);
  }
}
