<?php
unserialize($_GET["x"]);
unserialize($_POST["x"]);
$a = unserialize($_GET[$k]);
