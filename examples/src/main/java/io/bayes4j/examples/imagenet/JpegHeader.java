package io.bayes4j.examples.imagenet;

/**
 * What the markers of a JPEG file say of its colours.
 *
 * @param components numbers of each pixel; 0 if the file is no JPEG
 * @param transform Adobe's word for what they are; -1 if it says none
 */
record JpegHeader(int components, int transform) {
  private static final int ADOBE = 0xee;
  private static final byte[] NAME = {'A', 'd', 'o', 'b', 'e'};
  private static final int AT_TRANSFORM = 11;
  private static final int AT_COMPONENTS = 5;
  private static final int SCAN = 0xda;
  private static final int YCCK = 2;

  /** Reads the markers before the first scan. */
  static JpegHeader of(byte... file) {
    int components = 0;
    int transform = -1;
    int at = 2;
    boolean jpeg = file.length > at && word(file, 0) == 0xffd8;
    while (jpeg && at + 4 < file.length && (file[at] & 0xff) == 0xff) {
      int marker = file[at + 1] & 0xff;
      int start = at + 4;
      if (marker == SCAN) {
        break;
      }
      if (isFrame(marker) && start + AT_COMPONENTS < file.length) {
        components = file[start + AT_COMPONENTS] & 0xff;
      } else if (marker == ADOBE && start + AT_TRANSFORM < file.length && isAdobe(file, start)) {
        transform = file[start + AT_TRANSFORM];
      }
      at += 2 + word(file, at + 2);
    }
    return new JpegHeader(components, transform);
  }

  /** Whether the numbers are printers' ink. */
  boolean isInk() {
    return components == 4;
  }

  /** Whether four numbers are brightness, two of colour, and black ink. */
  boolean isYcck() {
    return isInk() && transform == YCCK;
  }

  private static int word(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean isAdobe(byte[] file, int start) {
    for (int i = 0; i < NAME.length; i++) {
      if (file[start + i] != NAME[i]) {
        return false;
      }
    }
    return true;
  }
}
