fun a() {
  Log.d("t", x)
  Log.e("t", x)
  Log.d(T, "a" + y)
}
