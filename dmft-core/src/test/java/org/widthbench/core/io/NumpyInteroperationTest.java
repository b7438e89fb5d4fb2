package org.widthbench.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.Python;
import org.widthbench.core.Tensor;
import org.widthbench.core.random.Threefry;

/** Both directions against NumPy itself; skipped where no Python has NumPy. */
class NumpyInteroperationTest {
    @TempDir
    Path folder;

    private String python(String program) throws IOException, InterruptedException {
        return Python.with("numpy").run(folder, "import numpy as np\n" + program);
    }

    @Test
    void numpyReadsWhatIsWrittenHere() throws IOException, InterruptedException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("Phi_1", Threefry.normal(0, 3, 4, 5));
        arrays.put("loss", Threefry.normal(1, 70_000));
        arrays.put("scalar", new Tensor(new int[0], new double[] {0.1}));
        arrays.put("empty", Tensor.zeros(2, 0));
        Npz.write(folder.resolve("here.npz"), arrays);
        String program = """
                z = np.load('here.npz')
                print(list(z))
                print([z[k].dtype.str for k in z], [z[k].shape for k in z])
                print(z['Phi_1'][2, 1, 3].hex(), z['loss'][69999].hex(), z['scalar'][()].hex())
                """;
        assertThat(python(program).lines())
                .containsExactly(
                        "['Phi_1', 'loss', 'scalar', 'empty']",
                        "['<f8', '<f8', '<f8', '<f8'] [(3, 4, 5), (70000,), (), (2, 0)]",
                        pythonHex(arrays.get("Phi_1").get(2, 1, 3)) + " "
                                + pythonHex(arrays.get("loss").get(69_999)) + " " + pythonHex(0.1));
    }

    /** Java leaves out trailing zeros of the 13 hexadecimal digits that Python prints. */
    private static String pythonHex(double x) {
        String hex = Double.toHexString(x);
        int point = hex.indexOf('.') + 1;
        int exponent = hex.indexOf('p');
        String digits = hex.substring(point, exponent);
        int power = Integer.parseInt(hex.substring(exponent + 1));
        return hex.substring(0, point) + digits + "0".repeat(13 - digits.length()) + "p" + (power < 0 ? "" : "+")
                + power;
    }

    @Test
    void whatNumpyWritesIsReadHere() throws IOException, InterruptedException {
        python("""
                x = np.arange(24).reshape(2, 3, 4) - 7
                types = ['f4', 'f8', '>f4', '>f8', 'i1', 'i2', '>i2', 'i4', '>i4', 'i8', '>i8']
                arrays = {t.replace('>', 'big_'): x.astype(t) for t in types}
                arrays |= {'f_' + t: np.asfortranarray(x.astype(t)) for t in ('f8', 'i2')}
                np.savez('stored.npz', **arrays)
                np.savez_compressed('deflated.npz', **arrays)
                u = np.array([0, 1, 200])
                np.savez('unsigned.npz', b1=u > 0, scalar=np.float32(0.5), **{t: u.astype(t) for t in ['u1', 'u2', 'u4', 'u8']})
                """);
        double[] expected = new double[24];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = i - 7;
        }
        for (String name : new String[] {"stored.npz", "deflated.npz"}) {
            Map<String, Tensor> read = Npz.read(folder.resolve(name));
            assertThat(read).hasSize(13);
            assertThat(read.values()).containsOnly(new Tensor(new int[] {2, 3, 4}, expected));
        }
        Map<String, Tensor> unsigned = Npz.read(folder.resolve("unsigned.npz"));
        assertThat(unsigned.remove("b1")).isEqualTo(Tensor.vector(0, 1, 1));
        assertThat(unsigned.remove("scalar")).isEqualTo(new Tensor(new int[0], new double[] {0.5}));
        assertThat(unsigned.values()).hasSize(4).containsOnly(Tensor.vector(0, 1, 200));
    }
}
