package io.bayes4j.core.corruption;

/**
 * What a baseline JPEG of some quality makes of a picture: colours at half the resolution, blocks
 * of 8 x 8 in rounded frequencies, and back, as libjpeg does both ways.
 */
final class Jpeg {
  private static final int BLOCK = 8;
  private static final int[] LUMINANCE = {
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99
  };
  private static final int[] COLOURS = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
        47,
    66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
        99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99
  };

  private Jpeg() {}

  static Picture compressed(Picture picture, int quality) {
    int size = picture.size();
    // Whole blocks of colours, each of which is two pixels wide.
    int padded = (size + 2 * BLOCK - 1) / (2 * BLOCK) * 2 * BLOCK;
    double[][] ycc = new double[3][padded * padded];
    double[] rgb = new double[3];
    for (int i = 0; i < padded * padded; i++) {
      int from = Math.min(i / padded, size - 1) * size + Math.min(i % padded, size - 1);
      for (int c = 0; c < 3; c++) {
        rgb[c] = Math.rint(picture.planes()[c][from] * 255);
      }
      ycc[0][i] = Math.rint(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
      ycc[1][i] = Math.rint(-0.168735892 * rgb[0] - 0.331264108 * rgb[1] + 0.5 * rgb[2] + 128);
      ycc[2][i] = Math.rint(0.5 * rgb[0] - 0.418687589 * rgb[1] - 0.081312411 * rgb[2] + 128);
    }
    double[] y = rounded(ycc[0], padded, quality, LUMINANCE);
    double[] blue =
        upsampled(rounded(halved(ycc[1], padded), padded / 2, quality, COLOURS), padded);
    double[] red = upsampled(rounded(halved(ycc[2], padded), padded / 2, quality, COLOURS), padded);
    double[][] planes = new double[3][size * size];
    for (int i = 0; i < size * size; i++) {
      int at = i / size * padded + i % size;
      planes[0][i] = colour(y[at] + 1.402 * (red[at] - 128));
      planes[1][i] = colour(y[at] - 0.344136286 * (blue[at] - 128) - 0.714136286 * (red[at] - 128));
      planes[2][i] = colour(y[at] + 1.772 * (blue[at] - 128));
    }
    return new Picture(planes, size);
  }

  private static double colour(double value) {
    return Math.max(0, Math.min(255, Math.rint(value))) / 255;
  }

  private static double[] halved(double[] plane, int size) {
    int half = size / 2;
    double[] result = new double[half * half];
    for (int i = 0; i < result.length; i++) {
      int at = 2 * (i / half) * size + 2 * (i % half);
      double sum = plane[at] + plane[at + 1] + plane[at + size] + plane[at + size + 1];
      // Halves go up in every other column.
      result[i] = Math.floor((sum + 1 + i % half % 2) / 4);
    }
    return result;
  }

  /** Three quarters of the nearest and a quarter of the next, down and across. */
  private static double[] upsampled(double[] plane, int size) {
    int half = size / 2;
    double[] result = new double[size * size];
    for (int i = 0; i < result.length; i++) {
      int y = i / size;
      int x = i % size;
      int next = Math.max(0, Math.min(half - 1, y / 2 + (y % 2 == 0 ? -1 : 1)));
      int beside = Math.max(0, Math.min(half - 1, x / 2 + (x % 2 == 0 ? -1 : 1)));
      double near = 3 * plane[y / 2 * half + x / 2] + plane[next * half + x / 2];
      double far = 3 * plane[y / 2 * half + beside] + plane[next * half + beside];
      result[i] = Math.floor((3 * near + far + 8 - x % 2) / 16);
    }
    return result;
  }

  /** A plane of bytes after its frequencies have been rounded. */
  private static double[] rounded(double[] plane, int size, int quality, int... table) {
    int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    double[] result = new double[plane.length];
    int[] block = new int[BLOCK * BLOCK];
    for (int top = 0; top < size; top += BLOCK) {
      for (int left = 0; left < size; left += BLOCK) {
        for (int i = 0; i < block.length; i++) {
          block[i] = (int) plane[(top + i / BLOCK) * size + left + i % BLOCK] - 128;
        }
        int[] frequencies = BlockCosines.forward(block);
        for (int i = 0; i < block.length; i++) {
          int step = Math.max(1, Math.min(255, (table[i] * scale + 50) / 100));
          int whole = (Math.abs(frequencies[i]) + 4 * step) / (8 * step);
          frequencies[i] = Integer.signum(frequencies[i]) * whole * step;
        }
        int[] back = BlockCosines.inverse(frequencies);
        for (int i = 0; i < block.length; i++) {
          int value = Math.max(0, Math.min(255, back[i] + 128));
          result[(top + i / BLOCK) * size + left + i % BLOCK] = value;
        }
      }
    }
    return result;
  }
}
