package io.bayes4j.examples.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Picture files as images of 32 x 32. */
public final class ColourFile {
  private static final int LARGEST = 1 << 14;

  private ColourFile() {}

  /**
   * Reads a PNG or JPEG file and scales it, each axis on its own, by averaging.
   *
   * @throws MalformedDataException if the file is no picture, is damaged or too large
   * @throws IOException if it cannot be read
   */
  public static ColourImages read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    BufferedImage picture;
    try {
      picture = ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException | RuntimeException e) {
      // Java's decoders meet some forged files with an unchecked exception.
      throw new MalformedDataException(file, "is a damaged picture (" + e.getMessage() + ")", e);
    }
    MalformedDataException.require(picture != null, file, "must be a PNG or JPEG file");
    MalformedDataException.require(
        picture.getWidth() <= LARGEST && picture.getHeight() <= LARGEST,
        file,
        "must have at most %d pixels a side, got %d x %d",
        LARGEST,
        picture.getWidth(),
        picture.getHeight());
    int[] line =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    byte[] pixels = new byte[ColourImages.BYTES];
    for (int channel = 0; channel < ColourImages.CHANNELS; channel++) {
      byte[] plane = new byte[line.length];
      int shift = 16 - 8 * channel;
      for (int i = 0; i < plane.length; i++) {
        plane[i] = (byte) (line[i] >> shift);
      }
      GreyImage scaled =
          Resize.to(
              new GreyImage(picture.getHeight(), picture.getWidth(), plane),
              ColourImages.SIDE,
              ColourImages.SIDE);
      System.arraycopy(
          scaled.pixels(), 0, pixels, channel * scaled.pixels().length, scaled.pixels().length);
    }
    return new ColourImages(String.valueOf(file.getFileName()), pixels, null);
  }
}
