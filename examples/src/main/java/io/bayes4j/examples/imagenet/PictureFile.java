package io.bayes4j.examples.imagenet;

import io.bayes4j.examples.data.MalformedDataException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads picture files as Pillow's {@code convert("RGB")} sees them: colour profiles and orientation
 * are not applied, grey becomes colour, printers' ink light.
 */
final class PictureFile {
  private static final int LARGEST = 1 << 15;
  private static final int WHITE = 255;

  private PictureFile() {}

  /**
   * Reads a JPEG or PNG file.
   *
   * @throws MalformedDataException if it is none, or is damaged
   */
  static RgbImage read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      MalformedDataException.require(readers.hasNext(), file, "must be a JPEG or PNG picture");
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        MalformedDataException.require(
            reader.getWidth(0) <= LARGEST && reader.getHeight(0) <= LARGEST,
            file,
            "must have at most %d pixels a side",
            LARGEST);
        JpegHeader header = JpegHeader.of(bytes);
        MalformedDataException.require(
            !header.isYcck(), file, "must be of RGB, grey or CMYK, but is of YCCK");
        return decoded(reader, header.isInk());
      } finally {
        reader.dispose();
      }
    } catch (MalformedDataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Java's decoders meet some damaged files with an unchecked exception.
      throw MalformedDataException.of(file, "is a damaged picture (" + e.getMessage() + ")", e);
    }
  }

  private static RgbImage decoded(ImageReader reader, boolean ink) throws IOException {
    DamageListener damage = new DamageListener();
    reader.addIIOReadWarningListener(damage);
    RgbImage image = ink ? fromInk(reader.readRaster(0, null)) : fromColours(reader.read(0));
    damage.requireNone();
    return image;
  }

  /** One or three bytes a pixel; with a palette or transparency it is another matter. */
  private static boolean isPlain(BufferedImage image) {
    int bands = image.getRaster().getNumBands();
    return (bands == 1 || bands == 3)
        && image.getRaster().getTransferType() == DataBuffer.TYPE_BYTE
        && image.getColorModel() instanceof ComponentColorModel;
  }

  private static RgbImage fromBands(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] pixels = new byte[3 * width * height];
    int[] samples = new int[width];
    for (int channel = 0; channel < 3; channel++) {
      int band = raster.getNumBands() == 1 ? 0 : channel;
      for (int y = 0; y < height; y++) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, samples);
        for (int x = 0; x < width; x++) {
          pixels[(channel * height + y) * width + x] = (byte) samples[x];
        }
      }
    }
    return new RgbImage(width, height, pixels);
  }

  private static RgbImage fromColours(BufferedImage image) {
    if (isPlain(image)) {
      return fromBands(image.getRaster());
    }
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] pixels = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = image.getRGB(x, y);
        for (int channel = 0; channel < 3; channel++) {
          pixels[(channel * height + y) * width + x] = (byte) (rgb >> (16 - 8 * channel));
        }
      }
    }
    return new RgbImage(width, height, pixels);
  }

  /** Files of four channels hold 255 less the ink. */
  private static RgbImage fromInk(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] pixels = new byte[3 * width * height];
    int[] samples = new int[4 * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
      for (int x = 0; x < width; x++) {
        int light = samples[4 * x + 3];
        for (int channel = 0; channel < 3; channel++) {
          int ink = WHITE - samples[4 * x + channel];
          pixels[(channel * height + y) * width + x] =
              (byte) Math.max(0, light - overWhite(ink * light));
        }
      }
    }
    return new RgbImage(width, height, pixels);
  }

  /** A product of two bytes over 255, rounded as Pillow rounds it. */
  private static int overWhite(int product) {
    int half = product + 128;
    return ((half >> 8) + half) >> 8;
  }
}
