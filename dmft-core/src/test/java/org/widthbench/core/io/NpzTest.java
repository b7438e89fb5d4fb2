package org.widthbench.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.Tensor;
import org.widthbench.core.random.Threefry;

class NpzTest {
    @TempDir
    Path folder;

    private static Map<String, Tensor> sampleArrays() {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("z_last_letter_first", Threefry.normal(1, 3, 4, 5));
        arrays.put("scalar", new Tensor(new int[0], new double[] {-2.5}));
        arrays.put("empty", Tensor.zeros(0, 7));
        arrays.put("extremes", Tensor.vector(Double.MIN_VALUE, -Double.MAX_VALUE, -0.0, Math.PI));
        arrays.put("longer_than_a_chunk", Threefry.normal(2, 70_001));
        return arrays;
    }

    private static byte[] npy(String descr, boolean fortran, String shape, byte[] data) {
        return npy(
                1,
                "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape
                        + ", }\n",
                data);
    }

    private static byte[] npy(int version, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(data);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private Path archive(String member, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(member));
            zip.write(content);
            zip.closeEntry();
        }
        return Files.write(folder.resolve("sample.npz"), bytes.toByteArray());
    }

    private void assertRefused(Path file, String... mentions) {
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(mentions)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void whatIsWrittenIsReadBackInOrder() {
        Path file = folder.resolve("all.npz");
        Npz.write(file, sampleArrays());
        Map<String, Tensor> read = Npz.read(file);
        assertThat(read).isEqualTo(sampleArrays());
        assertThat(read.keySet()).containsExactlyElementsOf(sampleArrays().keySet());
        assertThat(Npz.readArray(file, "scalar").data()).containsExactly(-2.5);
    }

    @Test
    void sameArraysMakeTheSameBytes() throws IOException {
        Npz.write(folder.resolve("a.npz"), sampleArrays());
        Npz.write(folder.resolve("b.npz"), sampleArrays());
        assertThat(folder.resolve("a.npz")).hasSameBinaryContentAs(folder.resolve("b.npz"));
    }

    @Test
    void goldenNormalsAreReadAndEqualTheGeneratorBitByBit() {
        Path golden = SharedFiles.require("golden/threefry_normal.npz");
        assertThat(Npz.readArray(golden, "key0_25x10")).isEqualTo(Threefry.normal(0, 25, 10));
        assertThat(Npz.readArray(golden, "key0_40x20")).isEqualTo(Threefry.normal(0, 40, 20));
        assertThat(Npz.readArray(golden, "key7_25x12")).isEqualTo(Threefry.normal(7, 25, 12));
    }

    @Test
    void everyGoldenArchiveIsReadInFull() {
        Map<String, Tensor> linear = Npz.read(SharedFiles.require("golden/linear_L5_P20_T50.npz"));
        assertThat(linear.get("flow_delta").shape()).containsExactly(50, 20);
        assertThat(linear.get("gd_G").shape()).containsExactly(5, 50, 50);
        assertThat(Npz.read(SharedFiles.require("golden/tanh_L3_P10_T50.npz"))).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "<f8, 000000000000F8BF, -1.5",
        ">f8, BFF8000000000000, -1.5",
        "<f4, 0000C0BF, -1.5",
        ">f4, BFC00000, -1.5",
        "|i1, FE, -2",
        "|u1, FE, 254",
        "<i2, FEFF, -2",
        ">i2, FFFE, -2",
        "<u2, FEFF, 65534",
        ">i4, FFFFFFFE, -2",
        "<u4, FEFFFFFF, 4294967294",
        "<i8, FEFFFFFFFFFFFFFF, -2",
        ">u8, 8000000000000000, 9223372036854775808",
        "|b1, 01, 1",
    })
    void everyNumberTypeIsConverted(String descr, String hex, double expected) throws IOException {
        byte[] data = HexFormat.of().parseHex(hex);
        Tensor scalar = Npz.readArray(archive("x.npy", npy(descr, false, "()", data)), "x");
        assertThat(scalar.shape()).isEmpty();
        assertThat(scalar.data()).containsExactly(expected);
    }

    @Test
    void fortranOrderBecomesRowMajor() throws IOException {
        byte[] data = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
        Tensor x = Npz.readArray(archive("x.npy", npy("|i1", true, "(2, 3, 4)", data)), "x");
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 4; k++) {
                    assertThat(x.get(i, j, k)).isEqualTo(i + 2 * j + 6 * k);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void allHeaderVersionsAndKeyOrdersAreRead(int version) throws IOException {
        String header = " {\"shape\":(2L,),'descr':\"|u1\" , 'fortran_order': False}  \n";
        assertThat(Npz.readArray(archive("x.npy", npy(version, header, new byte[] {3, 4})), "x"))
                .isEqualTo(Tensor.vector(3, 4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "|O; (1,); pickled",
                "<f2; (1,); dtype '<f2'",
                "?; (1,); dtype '?'",
                "<c16; (1,); dtype '<c16'",
                "<U3; (1,); dtype '<U3'",
                "|f8; (1,); dtype '|f8'",
                "<f8; (-1,); sizes must be",
                "<f8; (99999999999999999999,); sizes must be",
                "<f8; (65536, 65536); entries can be held",
                "<f8; (0, 2147483647, 2147483647, 2147483647); entries can be held",
                "<f8; (2147483647,); needs",
                "<f8; (2,); needs",
                "<f8; (0,); needs",
                "<f8; (1.5,); malformed",
                "<f8; (,); sizes must be",
                "<f8; 1; malformed",
            })
    void headersThatLieAreRefusedNamingTheArray(String descr, String shape, String mention) throws IOException {
        assertRefused(archive("x.npy", npy(descr, false, shape, new byte[8])), "array 'x'", mention);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f8', 'fortran_order': False}",
                "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
                "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} + exit()",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': True}",
            })
    void headersThatAreNoDictionaryOfTheThreeKeysAreRefused(String header) throws IOException {
        assertRefused(archive("x.npy", npy(1, header, new byte[8])), "array 'x'", "malformed header");
    }

    @Test
    void structuredTypesForeignVersionsAndForeignMembersAreRefused() throws IOException {
        assertRefused(
                archive(
                        "x.npy",
                        npy(1, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", new byte[8])),
                "structured");
        assertRefused(archive("x.npy", npy(4, "{}", new byte[0])), "version 4");
        assertRefused(archive("x.npy", new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}), "magic");
        assertRefused(archive("x.npy", new byte[] {1, 2}), "truncated");
        assertRefused(archive("x.npy", npy(2, " ".repeat(20_000), new byte[0])), "header of 20000 bytes");
        assertRefused(archive("notes.txt", new byte[1]), "notes.txt", "NAME.npy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x.npy", "/x.npy", "a/../../x.npy", "C:x.npy", "a\\x.npy", ".npy", "a//x.npy", "./x.npy"})
    void namesThatWouldLeaveTheirFolderAreRefused(String member) throws IOException {
        assertRefused(archive(member, npy("<f8", false, "(1,)", new byte[8])), "is refused");
    }

    /** Found by the fuzzer after 65000 inputs. */
    @Test
    void commentThatIsNotInUtf8IsRefused() throws IOException {
        Path file = folder.resolve("comment.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file), StandardCharsets.ISO_8859_1)) {
            ZipEntry entry = new ZipEntry("x.npy");
            entry.setComment("\u00b5");
            zip.putNextEntry(entry);
            zip.write(npy("<f8", false, "(1,)", new byte[8]));
        }
        assertRefused(file, "not in UTF-8");
    }

    @Test
    void zipBombIsRefusedBeforeItIsUnpacked() throws IOException {
        // 16 MB of zeros deflate to 16 kB, but the shape asks for one number.
        assertRefused(archive("x.npy", npy("|u1", false, "(1,)", new byte[1 << 24])), "array 'x'", "needs");
    }

    @Test
    void sizeThatNoCompressionReachesIsRefused() throws IOException {
        byte[] npy = npy("|u1", false, "(2000000000,)", new byte[0]);
        Path file = archive("x.npy", npy);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int directory = zip.getInt(bytes.length - 6);
        zip.putInt(directory + 24, 2_000_000_000 + npy.length);
        Files.write(file, bytes);
        assertRefused(file, "array 'x'", "cannot be");
    }

    @Test
    void damagedDataFailsItsChecksum() throws IOException {
        Path file = folder.resolve("all.npz");
        Npz.write(file, Map.of("x", Threefry.normal(1, 100)));
        byte[] bytes = Files.readAllBytes(file);
        bytes[500] ^= 0x10;
        Files.write(file, bytes);
        assertRefused(file, "array 'x'", "checksum");
    }

    @Test
    void truncatedMissingAndForeignFilesAreRefused() throws IOException {
        Path file = folder.resolve("all.npz");
        Npz.write(file, sampleArrays());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(file, "NumPy archive");
        Files.write(file, new byte[0]);
        assertRefused(file, "NumPy archive");
        Files.writeString(file, "hello world");
        assertRefused(file, "NumPy archive");
        assertRefused(folder.resolve("absent.npz"), "no such file");
        assertRefused(folder, "is not a file");
    }

    @Test
    void absentArrayIsReportedWithThoseThatAreThere() {
        Path file = folder.resolve("all.npz");
        Npz.write(file, Map.of("loss", Tensor.vector(1)));
        assertThatThrownBy(() -> Npz.readArray(file, "los"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("all.npz", "'los'", "[loss]");
    }

    @Test
    void badNamesAreNotWritten() {
        Path file = folder.resolve("all.npz");
        assertThatThrownBy(() -> Npz.write(file, Map.of("../x", Tensor.vector(1))))
                .isInstanceOf(InvalidInputException.class);
        assertThat(file).doesNotExist();
    }
}
