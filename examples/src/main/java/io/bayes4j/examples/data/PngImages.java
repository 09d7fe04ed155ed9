package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * PNG files: a user's digit read the way MNIST presents its own, and grey pictures written for a
 * report.
 */
public final class PngImages {
  private static final int MAX_FILE_BYTES = 64 << 20;
  private static final int WHITE = 255;

  private PngImages() {}

  /**
   * Reads one picture of one digit and places it as the training images were.
   *
   * <ol>
   *   <li>Colours become grey by their luminance (ITU-R BT.601); what is transparent shows white
   *       paper.
   *   <li>If the border is brighter than the middle grey on average, as with ink on paper, bright
   *       and dark are exchanged: a network sees bright strokes on a dark ground.
   *   <li>Grey levels are stretched so that the border's mean is 0 and the brightest stroke 255.
   *   <li>The strokes' bounding box is scaled to fit 20 x 20, keeping its proportions, and
   *       stretched again.
   *   <li>It is put into 28 x 28 with its centre of mass on row and column 14, counted from 0, as
   *       far as that keeps it inside.
   * </ol>
   *
   * @param file a PNG file of any colour type
   * @return one image [1, 1, 28, 28] without a label, named after the file
   * @throws MalformedDataException if the file is no PNG, is damaged, is too large or shows nothing
   * @throws IOException if the file cannot be read
   */
  public static ImageSet readDigit(Path file) throws IOException {
    GreyImage placed =
        Strokes.brightOnDark(decode(file))
            .flatMap(DigitFrame::place)
            .orElseThrow(
                () ->
                    new MalformedDataException(
                        file,
                        "must show a digit that stands out from its ground, but is almost of one"
                            + " grey"));
    return ImageSet.wrapping(
        String.valueOf(file.getFileName()), placed.height(), placed.width(), placed.pixels(), null);
  }

  /**
   * Encodes grey pixels as a PNG file of 8 bits per pixel.
   *
   * @param grey the pixels row by row, 0 (black) to 255 (white)
   * @return the bytes of the file
   * @throws IllegalArgumentException if there are not {@code height * width} pixels
   */
  public static byte[] toPng(byte[] grey, int height, int width) throws IOException {
    Check.positive(height, "height");
    Check.positive(width, "width");
    Check.argument(
        grey.length == (long) height * width,
        "grey must hold %d x %d pixels, got %d",
        height,
        width,
        grey.length);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, width, height, grey);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(image);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** The picture in grey, as it is. */
  static GreyImage decode(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    }
    if (bytes.length > MAX_FILE_BYTES) {
      throw new MalformedDataException(file, "must have at most " + MAX_FILE_BYTES + " bytes");
    }
    return grey(decode(file, PngChunks.picture(file, bytes)));
  }

  private static BufferedImage decode(Path file, byte[] picture) throws MalformedDataException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(picture))) {
      reader.setInput(in, true, true);
      return reader.read(0);
    } catch (IOException | RuntimeException e) {
      // Java's decoder meets some forged files with an unchecked exception.
      throw new MalformedDataException(file, "is a damaged PNG file (" + e.getMessage() + ")", e);
    } finally {
      reader.dispose();
    }
  }

  private static GreyImage grey(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] grey = new byte[Math.multiplyExact(height, width)];
    int[] line = new int[width];
    for (int row = 0; row < height; row++) {
      readRow(image, row, line);
      for (int column = 0; column < width; column++) {
        grey[row * width + column] = (byte) line[column];
      }
    }
    return new GreyImage(height, width, grey);
  }

  private static void readRow(BufferedImage image, int row, int[] line) {
    if (image.getColorModel().getNumColorComponents() == 1) {
      readGreyRow(image.getRaster(), row, line);
      return;
    }
    image.getRGB(0, row, line.length, 1, line, 0, line.length);
    for (int i = 0; i < line.length; i++) {
      int argb = line[i];
      double luminance =
          0.299 * (argb >> 16 & 0xff) + 0.587 * (argb >> 8 & 0xff) + 0.114 * (argb & 0xff);
      line[i] = onWhite(luminance, (argb >>> 24) / (double) WHITE);
    }
  }

  /** Samples as stored: getRGB would take them for linear light and brighten the middle greys. */
  private static void readGreyRow(Raster raster, int row, int[] line) {
    double whitest = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    boolean alpha = raster.getNumBands() > 1;
    for (int i = 0; i < line.length; i++) {
      double value = raster.getSample(i, row, 0) / whitest * WHITE;
      line[i] = onWhite(value, alpha ? raster.getSample(i, row, 1) / whitest : 1);
    }
  }

  private static int onWhite(double value, double opacity) {
    return (int) Math.round(value * opacity + WHITE * (1 - opacity));
  }
}
