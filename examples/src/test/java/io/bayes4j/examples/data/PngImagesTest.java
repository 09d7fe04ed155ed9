package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PngImagesTest {
  private static final int WHITE = 255;
  @TempDir private Path folder;

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("digit.png"), content);
  }

  private Path file(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return file(bytes.toByteArray());
  }

  private GreyImage read(byte[] grey, int height, int width) throws IOException {
    Path file = file(PngImages.toPng(grey, height, width));
    ImageSet set = PngImages.readDigit(file);
    return new GreyImage(set.height(), set.width(), set.pixels(0));
  }

  private static byte[] bar(int height, int width, int ground, int ink, int... box) {
    byte[] grey = new byte[height * width];
    Arrays.fill(grey, (byte) ground);
    for (int row = box[0]; row < box[1]; row++) {
      Arrays.fill(grey, row * width + box[2], row * width + box[3], (byte) ink);
    }
    return grey;
  }

  private static GreyImage frameWithBar(int top, int bottom, int left, int right) {
    return new GreyImage(28, 28, bar(28, 28, 0, WHITE, top, bottom, left, right));
  }

  @Test
  void writtenLevelsAreReadBackUnchanged() throws IOException {
    byte[] levels = new byte[256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) i;
    }
    GreyImage read = PngImages.decode(file(PngImages.toPng(levels, 8, 32)));
    assertThat(read.height()).isEqualTo(8);
    assertThat(read.width()).isEqualTo(32);
    assertThat(read.pixels()).isEqualTo(levels);
  }

  @Test
  void toPngRefusesAWrongNumberOfPixels() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PngImages.toPng(new byte[5], 2, 3))
        .withMessage("grey must hold 2 x 3 pixels, got 5");
    assertThatIllegalArgumentException().isThrownBy(() -> PngImages.toPng(new byte[0], 0, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffff, 255",
    "ff000000, 0",
    "ffff0000, 76",
    "ff00ff00, 150",
    "ff0000ff, 29",
    "00000000, 255",
    "80000000, 127",
    "ff808080, 128",
  })
  void coloursBecomeTheirLuminanceOnWhitePaper(String argb, int grey) throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, Integer.parseUnsignedInt(argb, 16));
    assertThat(PngImages.decode(file(image)).at(0, 0)).isEqualTo(grey);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_BYTE_GRAY,
        BufferedImage.TYPE_USHORT_GRAY,
        BufferedImage.TYPE_BYTE_BINARY,
        BufferedImage.TYPE_BYTE_INDEXED,
      })
  void everyColourTypeIsRead(int type) throws IOException {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.setRGB(1, 0, 0xffffffff);
    byte[] expected = {0, (byte) WHITE, 0, 0, 0, 0};
    assertThat(PngImages.decode(file(image)).pixels()).isEqualTo(expected);
  }

  @Test
  void inkOnPaperAndChalkOnSlateAreTheSameDigit() throws IOException {
    GreyImage ink = read(bar(50, 60, WHITE, 0, 10, 30, 20, 26), 50, 60);
    GreyImage chalk = read(bar(50, 60, 0, WHITE, 10, 30, 20, 26), 50, 60);
    GreyImage pale = read(bar(50, 60, 200, 90, 10, 30, 20, 26), 50, 60);
    assertThat(ink.pixels())
        .isEqualTo(chalk.pixels())
        .isEqualTo(pale.pixels())
        .isEqualTo(frameWithBar(5, 25, 12, 18).pixels());
  }

  @Test
  void theStrokesAreScaledToTwentyKeepingTheirProportions() throws IOException {
    assertThat(read(bar(300, 300, WHITE, 0, 50, 250, 90, 130), 300, 300).pixels())
        .isEqualTo(frameWithBar(5, 25, 13, 17).pixels());
    assertThat(read(bar(12, 12, 0, WHITE, 4, 6, 1, 11), 12, 12).pixels())
        .isEqualTo(frameWithBar(13, 17, 5, 25).pixels());
  }

  @Test
  void theCentreOfMassLiesOnPixelFourteen() throws IOException {
    // An L: a stem of 20 x 4 and a foot of 4 x 16 beside it; its centre of mass is left of and
    // below the box's.
    byte[] grey = bar(40, 40, 0, WHITE, 10, 30, 10, 14);
    for (int row = 26; row < 30; row++) {
      Arrays.fill(grey, row * 40 + 14, row * 40 + 30, (byte) WHITE);
    }
    GreyImage placed = read(grey, 40, 40);
    double mass = 0;
    double rows = 0;
    double columns = 0;
    for (int row = 0; row < 28; row++) {
      for (int column = 0; column < 28; column++) {
        mass += placed.at(row, column);
        rows += placed.at(row, column) * (row + 0.5);
        columns += placed.at(row, column) * (column + 0.5);
      }
    }
    assertThat(mass).isEqualTo(255.0 * (20 * 4 + 4 * 16));
    assertThat(rows / mass).isCloseTo(14.5, within(0.5));
    assertThat(columns / mass).isCloseTo(14.5, within(0.5));
  }

  @Test
  void strokesAreKeptInsideTheFrame() throws IOException {
    // A thick foot and a hairline stem: centred by mass, the stem would stick out at the top.
    byte[] grey = bar(40, 40, 0, WHITE, 10, 30, 18, 19);
    for (int row = 28; row < 30; row++) {
      Arrays.fill(grey, row * 40 + 10, row * 40 + 28, (byte) WHITE);
    }
    GreyImage placed = read(grey, 40, 40);
    byte[] top = Arrays.copyOfRange(placed.pixels(), 0, 28);
    assertThat(new GreyImage(1, 28, top).peak()).isEqualTo(WHITE);
  }

  @Test
  void aDigitPlacedOnceStaysWhereItIs() throws IOException {
    GreyImage once = read(bar(50, 60, WHITE, 0, 10, 37, 20, 26), 50, 60);
    assertThat(read(once.pixels(), 28, 28).pixels()).isEqualTo(once.pixels());
  }

  @Test
  void thinStrokesStayBright() throws IOException {
    Path file = file(PngImages.toPng(bar(1000, 1000, WHITE, 0, 100, 900, 500, 502), 1000, 1000));
    byte[] pixels = PngImages.readDigit(file).pixels(0);
    assertThat(new GreyImage(28, 28, pixels).peak()).isEqualTo(255);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100, 255})
  void aBlankPictureIsRefused(int level) throws IOException {
    assertRefused(PngImages.toPng(bar(9, 9, level, level, 0, 0, 0, 0), 9, 9), "must show a digit");
    byte[] noise = bar(9, 9, level, Math.abs(level - 31), 3, 4, 3, 4);
    assertRefused(PngImages.toPng(noise, 9, 9), "must show a digit");
  }

  @Test
  void twoSpecksFarApartThatVanishWhenScaledAreRefused() throws IOException {
    byte[] specks = bar(4000, 4000, 0, WHITE, 1, 2, 1, 2);
    specks[3998 * 4000 + 3998] = (byte) WHITE;
    assertRefused(PngImages.toPng(specks, 4000, 4000), "must show a digit");
  }

  @Test
  void aFileCutOffAnywhereIsRefused() throws IOException {
    byte[] whole = PngImages.toPng(bar(20, 20, WHITE, 0, 5, 15, 8, 11), 20, 20);
    for (int length = 0; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), length < 8 ? "must be a PNG file" : "cut off");
    }
  }

  @Test
  void aFileWithAnyByteChangedIsRefused() throws IOException {
    byte[] whole = PngImages.toPng(bar(20, 20, WHITE, 0, 5, 15, 8, 11), 20, 20);
    for (int at = 0; at < whole.length; at++) {
      byte[] altered = whole.clone();
      altered[at] ^= 0x55;
      assertRefused(altered, "");
    }
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    ByteArrayOutputStream gif = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_INDEXED), "gif", gif);
    assertRefused(gif.toByteArray(), "must be a PNG file, but does not start like one");
  }

  @Test
  void aFileThatIsNotThereIsReportedByTheSystem() {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> PngImages.readDigit(folder.resolve("none.png")));
  }

  @ParameterizedTest
  @CsvSource({
    "2147483647, 2147483647",
    "-1, 5",
    "5, -1",
    "0, 5",
    "4900, 4900",
  })
  void aHeaderThatClaimsAHugeOrEmptyPictureIsRefusedBeforeDecoding(int height, int width)
      throws IOException {
    byte[] bomb = forged(header(height, width), new byte[] {1, 2, 3});
    assertRefused(
        bomb,
        "must have between 1 and 24000000 pixels, claims "
            + Integer.toUnsignedString(width)
            + " x "
            + Integer.toUnsignedString(height));
  }

  @Test
  void pixelsThatDoNotFillThePictureAreRefused() throws IOException {
    assertRefused(forged(header(9, 9), deflated(new byte[50])), "is a damaged PNG file");
    assertRefused(forged(header(9, 9), new byte[] {1, 2, 3}), "is a damaged PNG file");
    assertRefused(forged(header(9, 9), new byte[0]), "is a damaged PNG file");
  }

  @Test
  void forgedHeadersAreRefused() throws IOException {
    byte[] longer = Arrays.copyOf(header(9, 9), 14);
    assertRefused(forged(longer, deflated(new byte[90])), "a header (IHDR) of 13 bytes, got 14");
    byte[] wrongType = header(9, 9);
    wrongType[9] = 5;
    assertRefused(forged(wrongType, deflated(new byte[90])), "is a damaged PNG file");
    byte[] noHeader = png(chunk("IDAT", new byte[3]), chunk("IEND", new byte[0]));
    assertRefused(noHeader, "must have its header (IHDR) first and once");
    byte[] two = png(chunk("IHDR", header(9, 9)), chunk("IHDR", header(9, 9)));
    assertRefused(two, "must have its header (IHDR) first and once");
  }

  @Test
  void aLengthBeyondTheFileIsRefused() throws IOException {
    byte[] huge = png(chunk("IHDR", header(9, 9)), chunk("IDAT", new byte[3]));
    ByteBuffer.wrap(huge).putInt(8 + 25, Integer.MAX_VALUE);
    assertRefused(huge, "chunk IDAT claims 2147483647 bytes, 3 are left");
    ByteBuffer.wrap(huge).putInt(8 + 25, -1);
    assertRefused(huge, "chunk IDAT claims 4294967295 bytes");
  }

  @Test
  void compressedTextIsNotUnpacked() throws IOException {
    byte[] text = deflated(new byte[1 << 20]);
    byte[] keyed =
        ByteBuffer.allocate(3 + text.length).put((byte) 'k').putShort((short) 0).put(text).array();
    byte[] picture = PngImages.toPng(bar(20, 20, WHITE, 0, 5, 15, 8, 11), 20, 20);
    ByteBuffer with = ByteBuffer.allocate(picture.length + keyed.length + 12);
    with.put(picture, 0, 33).put(chunk("zTXt", keyed)).put(picture, 33, picture.length - 33);
    assertThat(PngChunks.picture("x", with.array())).isEqualTo(PngChunks.picture("x", picture));
    assertThat(PngImages.decode(file(with.array())).at(5, 8)).isZero();
  }

  private void assertRefused(byte[] content, String rule) throws IOException {
    Path file = file(content);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> PngImages.readDigit(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(rule);
  }

  private static byte[] header(int height, int width) {
    return ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).array();
  }

  private static byte[] forged(byte[] header, byte[] data) {
    return png(chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", new byte[0]));
  }

  private static byte[] png(byte[]... chunks) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    for (byte[] chunk : chunks) {
      out.writeBytes(chunk);
    }
    return out.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 sum = new CRC32();
    sum.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) sum.getValue()).array();
  }

  private static byte[] deflated(byte[] raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(raw);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }
}
