package io.bayes4j.report;

import java.util.Locale;

/** Colours of maps, as 0xRRGGBB: told apart by readers with any colour vision. */
final class Colours {
  /** Okabe and Ito's, the black one being kept for what is refused. */
  private static final int[] CLASSES = {
    0x56b4e9, 0x009e73, 0x999999, 0xd55e00, 0xf0e442, 0x0072b2, 0xcc79a7, 0xe69f00
  };

  /** From dark to bright, evenly in lightness. */
  private static final int[] HEAT = {0x0b0724, 0x57106e, 0xbc3754, 0xf98e09, 0xfcffa4};

  private Colours() {}

  static int ofClass(int number) {
    return CLASSES[number % CLASSES.length];
  }

  static String hex(int colour) {
    return String.format(Locale.ROOT, "#%06x", colour);
  }

  /** The colour of a share in [0, 1]; what lies beyond is clipped. */
  static int heat(double share) {
    double at = Math.max(0, Math.min(1, share)) * (HEAT.length - 1);
    int low = Math.min(HEAT.length - 2, (int) at);
    int colour = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int from = HEAT[low] >> shift & 0xff;
      int to = HEAT[low + 1] >> shift & 0xff;
      colour |= (int) Math.round(from + (at - low) * (to - from)) << shift;
    }
    return colour;
  }
}
