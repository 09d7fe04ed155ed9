package io.bayes4j.core.corruption;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nineteen corruptions of CIFAR-10-C, with its constants, as functions of images (Hendrycks,
 * Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations",
 * 2019).
 *
 * <p>Those without chance give the published pixels but for rounding by a 255th. Those with chance
 * follow the published code with other random numbers. Frost blends a drawn texture of ice, with
 * the colours of the published photographs, which are not ours to pass on. The constants are meant
 * for images of 32 x 32.
 */
public enum Corruption {
  /** Normal noise. */
  GAUSSIAN_NOISE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.04, 0.06, 0.08, 0.09, 0.10};
      return x.each(v -> v + c[s] * dice.normal());
    }
  },
  /** Poisson noise of few photons. */
  SHOT_NOISE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {500, 250, 100, 75, 50};
      return x.each(v -> Noises.poisson(v * c[s], dice) / c[s]);
    }
  },
  /** Salt and pepper. */
  IMPULSE_NOISE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      return Noises.impulse(x, new double[] {0.01, 0.02, 0.03, 0.05, 0.07}[s], dice);
    }
  },
  /** Out of focus. */
  DEFOCUS_BLUR {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{0.3, 0.4}, {0.4, 0.5}, {0.5, 0.6}, {1, 0.2}, {1.5, 0.1}};
      double[][] disk = Filters.disk(c[s][0], c[s][1]);
      return x.planes(p -> Filters.correlate(p, x.size(), disk, Filters.Edge.REFLECT_101));
    }
  },
  /** Behind frosted glass. */
  GLASS_BLUR {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{0.05, 1, 1}, {0.25, 1, 1}, {0.4, 1, 1}, {0.25, 1, 2}, {0.4, 1, 2}};
      return Noises.glass(x, c[s][0], (int) c[s][1], (int) c[s][2], dice);
    }
  },
  /** A camera that moves in a direction. */
  MOTION_BLUR {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}};
      double angle = dice.between(-45, 45);
      return x.planes(p -> Filters.motion(p, x.size(), (int) c[s][0], c[s][1], angle));
    }
  },
  /** A camera that moves ahead. */
  ZOOM_BLUR {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      int[] c = {7, 12, 16, 21, 26};
      return x.planes(p -> Noises.zoomed(p, x.size(), c[s]));
    }
  },
  /** Snow that falls. */
  SNOW {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {
        {0.1, 0.2, 1, 0.6, 8, 3, 0.95},
        {0.1, 0.2, 1, 0.5, 10, 4, 0.9},
        {0.15, 0.3, 1.75, 0.55, 10, 4, 0.9},
        {0.25, 0.3, 2.25, 0.6, 12, 6, 0.85},
        {0.3, 0.3, 1.25, 0.65, 14, 12, 0.8}
      };
      return Weather.snow(x, c[s], dice);
    }
  },
  /** Ice on the lens. */
  FROST {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{1, 0.2}, {1, 0.3}, {0.9, 0.4}, {0.85, 0.4}, {0.75, 0.45}};
      return Weather.frost(x, c[s][0], c[s][1], dice);
    }
  },
  /** Fog. */
  FOG {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{0.2, 3}, {0.5, 3}, {0.75, 2.5}, {1, 2}, {1.5, 1.75}};
      return Weather.fog(x, c[s][0], c[s][1], dice);
    }
  },
  /** Too much light. */
  BRIGHTNESS {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.05, 0.1, 0.15, 0.2, 0.3};
      return x.pixels(rgb -> Noises.brighten(rgb, c[s]));
    }
  },
  /** Too little contrast. */
  CONTRAST {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.75, 0.5, 0.4, 0.3, 0.15};
      return x.planes(p -> Noises.contrast(p, c[s]));
    }
  },
  /** Stretched here and there. */
  ELASTIC_TRANSFORM {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {
        {0, 0, 0.08}, {0.05, 0.2, 0.07}, {0.08, 0.06, 0.06}, {0.1, 0.04, 0.05}, {0.1, 0.03, 0.03}
      };
      double size = x.size();
      return Resampling.elastic(x, size * c[s][0], size * c[s][1], size * c[s][2], dice);
    }
  },
  /** Fewer pixels. */
  PIXELATE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.95, 0.9, 0.85, 0.75, 0.65};
      return x.planes(p -> Resampling.pixelated(p, x.size(), c[s]));
    }
  },
  /** Compressed too much. */
  JPEG_COMPRESSION {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      return Jpeg.compressed(x, new int[] {80, 65, 58, 50, 40}[s]);
    }
  },
  /** Noise in proportion to the light. */
  SPECKLE_NOISE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.06, 0.1, 0.12, 0.16, 0.2};
      return x.each(v -> v + v * c[s] * dice.normal());
    }
  },
  /** A Gaussian blur. */
  GAUSSIAN_BLUR {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[] c = {0.4, 0.6, 0.7, 0.8, 1};
      return x.planes(p -> Filters.gaussian(p, x.size(), c[s], 4, Filters.Edge.NEAREST));
    }
  },
  /** Water or mud on the lens. */
  SPATTER {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {
        {0.62, 0.1, 0.7, 0.7, 0.5, 0},
        {0.65, 0.1, 0.8, 0.7, 0.5, 0},
        {0.65, 0.3, 1, 0.69, 0.5, 0},
        {0.65, 0.1, 0.7, 0.69, 0.6, 1},
        {0.65, 0.1, 0.5, 0.68, 0.6, 1}
      };
      return Spatter.on(x, c[s], dice);
    }
  },
  /** Colours too pale or too strong. */
  SATURATE {
    @Override
    Picture change(Picture x, int s, Dice dice) {
      double[][] c = {{0.3, 0}, {0.1, 0}, {1.5, 0}, {2, 0.1}, {2.5, 0.2}};
      return x.pixels(rgb -> Noises.saturate(rgb, c[s][0], c[s][1]));
    }
  };

  /** How many severities there are. */
  public static final int SEVERITIES = 5;

  /** The fifteen that results are usually averaged over; the other four serve validation. */
  public static List<Corruption> common() {
    return List.of(values()).subList(0, 15);
  }

  /**
   * Corrupts a picture.
   *
   * @param s severity from 0 on
   */
  abstract Picture change(Picture x, int s, Dice dice);

  /**
   * Corrupted images, a new array of whole 255ths, rounded down as the published ones are.
   *
   * @param images float32 [batch, 3, size, size], red, green and blue from 0 to 1, taken as whole
   *     255ths, sides of 16 pixels or more; left as they are
   * @param severity 1 to 5
   * @param noise image n draws from {@code noise.split(n)}, so that a batch corrupted by itself
   *     needs a noise of its own
   * @throws IllegalArgumentException if the images are not such, or the severity is out of range
   */
  public INDArray apply(INDArray images, int severity, Noise noise) {
    Require.open(images, "images");
    long[] shape = images.shape();
    Require.argument(
        shape.length == 4 && shape[0] > 0 && shape[1] == 3 && shape[2] == shape[3] && shape[2] > 15,
        "images must have the shape [batch, 3, size, size] with sides of 16 or more, got %s",
        Require.text(shape));
    Require.argument(
        severity >= 1 && severity <= SEVERITIES, "severity must be in [1, 5], got %d", severity);
    Require.nonNull(noise, "noise");
    FloatMemory from = FloatMemory.reading(images, "images");
    int size = (int) shape[2];
    for (long n = 0; n < shape[0]; n++) {
      requireShares(from, n, 3 * size * size);
    }
    INDArray result = Detached.create(DataType.FLOAT, shape);
    FloatMemory to = FloatMemory.of(result, "result");
    Parallel.forRange(
        shape[0],
        1,
        (first, end) -> {
          for (long n = first; n < end; n++) {
            Picture picture = read(from, n, size);
            write(change(picture, severity - 1, Dice.of(noise.split(n))).inBytes(), to, n);
          }
        });
    return result;
  }

  private static void requireShares(FloatMemory images, long n, int length) {
    float[] numbers = new float[length];
    images.read(n * length, numbers, length);
    for (float number : numbers) {
      Require.argument(
          number >= 0 && number <= 1, "images must be in [0, 1], got %s in image %d", number, n);
    }
  }

  private static Picture read(FloatMemory images, long n, int size) {
    double[][] planes = new double[3][size * size];
    float[] plane = new float[size * size];
    for (int c = 0; c < 3; c++) {
      images.read((n * 3 + c) * plane.length, plane, plane.length);
      for (int i = 0; i < plane.length; i++) {
        planes[c][i] = Math.rint(plane[i] * 255.0) / 255;
      }
    }
    return new Picture(planes, size);
  }

  private static void write(Picture picture, FloatMemory images, long n) {
    float[] plane = new float[picture.size() * picture.size()];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < plane.length; i++) {
        plane[i] = (float) picture.planes()[c][i];
      }
      images.write((n * 3 + c) * plane.length, plane, plane.length);
    }
  }
}
