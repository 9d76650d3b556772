import java.sql.*;
public class A {
  private Statement field;
  void a(Connection c, String x) throws Exception {
    Statement s = c.createStatement();
    s.executeQuery("select " + x);
    s.executeQuery("select 1");
    field.executeQuery("a" + x);
    other.executeQuery("a" + x);
    Cipher.getInstance("DES");
    Cipher.getInstance("AES/ECB/PKCS5Padding");
    Cipher.getInstance("AES/GCM/NoPadding");
    String alg = "DES";
    Cipher.getInstance(alg);
  }
  public void checkServerTrusted(X509Certificate[] c, String s) { }
  public void checkServerTrusted(X509Certificate[] c, String s, int q) throws E { throw new E(); }
  protected void doGet(HttpServletRequest request, HttpServletResponse r) throws Exception {
    String p = request.getParameter("a");
    Runtime.getRuntime().exec(p);
    Runtime.getRuntime().exec("ls " + p);
    Runtime.getRuntime().exec(new String[] {"sh", p});
    Runtime.getRuntime().exec("ls");
    if (ok(p)) { Runtime.getRuntime().exec(p); }
  }
}
